import type { Columns } from '../base/index.js';
import { inputNames, type Law } from '../law/index.js';
import { createArena, dot, gramColumns } from './matrix.js';
import type { ParamRule, ParsedOptions } from './options.js';
import { createTermColumns, parseTerms, type Term } from './terms.js';

/**
 * A fit as the searches see it: residuals of a vector theta and nothing else.
 *
 * theta holds the free parameters only, each of order 1: a log-scale parameter as its logarithm, others as they are.
 * Matrices are row-major: entry (row, j) at row * size + j; only inner loops take a Jacobian by its columns.
 */
export interface Problem {
  readonly law: Law;
  readonly rows: number;
  /** Length of theta. */
  readonly size: number;
  readonly weights: Float64Array;
  /** Measured responses, as logarithms where residuals are. */
  readonly target: Float64Array;
  /** The inputs of each row, for laws that are called row by row. */
  readonly inputs: readonly Float64Array[];
  /** The terms of the law and the logarithms of the inputs' columns where it is a sum of powers; null elsewhere. */
  readonly powers: { readonly terms: readonly Term[]; readonly logs: readonly Float64Array[] } | null;
  readonly logResidual: boolean;
  readonly slots: Slots;
  /** Fills predicted - measured; false where the law gives no finite value (or none above 0, where logs are taken). */
  residuals(theta: ArrayLike<number>, out: Float64Array): boolean;
  /** The same, and d residual / d theta. */
  linearize(theta: ArrayLike<number>, out: Float64Array, jacobian: Float64Array): boolean;
  /** The same, the Jacobian as one array for each entry of theta. */
  linearizeColumns(theta: ArrayLike<number>, out: Float64Array, columns: readonly Float64Array[]): boolean;
  /**
   * What the response is linear in: fills one column for each of `linearSlots` (d response / d parameter) and the
   * response with all of these at 0; the other entries of theta decide.
   */
  basis(theta: ArrayLike<number>, columns: readonly Float64Array[], offset: Float64Array): boolean;
  /** Fills the Hessian of an objective, size x size: sum over rows of bend * J J' + pull * second derivatives. */
  hessian(theta: Float64Array, derivatives: RowDerivatives, out: Float64Array): void;
}

/** By row: the Jacobian at theta, and what multiplies it and the law's own curvature. */
export interface RowDerivatives {
  readonly columns: readonly Float64Array[];
  readonly pulls: Float64Array;
  readonly bends: Float64Array;
}

/** How theta and the parameters of the law belong together. */
export interface Slots {
  readonly rules: readonly ParamRule[];
  /** Index in theta of each parameter; -1 when it is held. */
  readonly slot: Int32Array;
  readonly held: Float64Array;
  readonly isLog: readonly boolean[];
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly size: number;
}

export function createSlots(rules: readonly ParamRule[]): Slots {
  const free = rules.filter(rule => rule.value === null && rule.tiedTo === null);
  const slotOf = (rule: ParamRule) => free.findIndex(other => other.name === (rule.tiedTo ?? rule.name));
  const together = free.map(({ name }) => rules.filter(rule => rule.name === name || rule.tiedTo === name));
  const isLog = free.map(rule => rule.scale === 'log');
  const inside = (value: number, index: number) => (isLog[index] ? Math.log(value) : value);
  return {
    rules,
    slot: Int32Array.from(rules, slotOf),
    held: Float64Array.from(rules, rule => rule.value ?? Number.NaN),
    isLog,
    lower: Float64Array.from(together, (group, j) => inside(Math.max(...group.map(rule => rule.min)), j)),
    upper: Float64Array.from(together, (group, j) => inside(Math.min(...group.map(rule => rule.max)), j)),
    size: free.length,
  };
}

/** Parameters of the law, in its order, at theta. */
export function paramsAt({ slot, held, isLog }: Slots, theta: ArrayLike<number>, out = new Float64Array(slot.length)) {
  for (let k = 0; k < slot.length; k++) {
    const j = slot[k];
    out[k] = j < 0 ? held[k] : isLog[j] ? Math.exp(theta[j]) : theta[j];
  }
  return out;
}

/** The problem of fitting `law` to checked columns. */
export function createProblem(columns: Columns, law: Law, { params, residual, weights }: ParsedOptions): Problem {
  const response = columns[law.response.name];
  const names = inputNames(law);
  const terms = parseTerms(law);
  return assemble(law, createSlots(params), {
    logResidual: residual === 'log',
    target: residual === 'log' ? response.map(Math.log) : response,
    inputs: Array.from(response, (_, row) => Float64Array.from(names, name => columns[name][row])),
    powers: terms && { terms, logs: names.map(name => columns[name].map(Math.log)) },
    weights: weights === null ? new Float64Array(response.length).fill(1) : Float64Array.from(weights),
  });
}

/** The same problem on some of its rows, with other weights: what one bootstrap draw fits. */
export function pickProblem(problem: Problem, rows: ArrayLike<number>, weights: Float64Array): Problem {
  const { powers } = problem;
  const count = rows.length;
  const cut = createArena(count * (1 + (powers?.logs.length ?? 0)));
  const pick = (column: Float64Array) => {
    const picked = cut(count);
    for (let i = 0; i < count; i++) picked[i] = column[rows[i]];
    return picked;
  };
  const inputs: Float64Array[] = [];
  if (powers === null) for (let i = 0; i < count; i++) inputs.push(problem.inputs[rows[i]]);
  return assemble(problem.law, problem.slots, {
    logResidual: problem.logResidual,
    target: pick(problem.target),
    inputs,
    powers: powers && { terms: powers.terms, logs: powers.logs.map(pick) },
    weights,
  });
}

type Rows = Pick<Problem, 'logResidual' | 'target' | 'inputs' | 'powers' | 'weights'>;
type Routines = Pick<Problem, 'residuals' | 'linearizeColumns' | 'basis' | 'hessian'>;

function assemble(law: Law, slots: Slots, data: Rows): Problem {
  const routines = data.powers === null ? byRow(law, slots, data) : byTerm(law, slots, data);
  const rows = data.target.length;
  const { size } = slots;
  let columns: Float64Array[] | null = null;

  function linearize(theta: ArrayLike<number>, out: Float64Array, jacobian: Float64Array): boolean {
    columns ??= createColumns(size, rows);
    const inside = routines.linearizeColumns(theta, out, columns);
    for (let j = 0; j < size; j++)
      for (let row = 0, at = j; row < rows; row++, at += size) jacobian[at] = columns[j][row];
    return inside;
  }

  return { law, slots, rows, size, ...data, ...routines, linearize };
}

/** Room for a Jacobian by columns. */
export const createColumns = (size: number, rows: number): Float64Array[] =>
  Array.from({ length: size }, () => new Float64Array(rows));

/** Entries of theta in which the response is linear for given others, in order. */
export function linearSlots({ law, slots }: Pick<Problem, 'law' | 'slots'>): number[] {
  const others = slots.rules.flatMap(({ name }, k) => (law.linear.includes(name) ? [] : [slots.slot[k]]));
  return Array.from({ length: slots.size }, (_, j) => j).filter(j => !others.includes(j));
}

/** Any law, called row by row. */
function byRow(law: Law, slots: Slots, { logResidual, target, inputs }: Rows): Routines {
  const { slot, isLog, size } = slots;
  const rows = target.length;
  const params = new Float64Array(slot.length);
  const gradient = new Float64Array(slot.length);
  const linear = linearSlots({ law, slots });

  function residuals(theta: ArrayLike<number>, out: Float64Array): boolean {
    paramsAt(slots, theta, params);
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const value = law.evaluate(params, inputs[row]);
      out[row] = (logResidual ? Math.log(value) : value) - target[row];
      sum += out[row];
    }
    return Number.isFinite(sum);
  }

  function linearizeColumns(theta: ArrayLike<number>, out: Float64Array, columns: readonly Float64Array[]): boolean {
    paramsAt(slots, theta, params);
    for (const column of columns) column.fill(0);
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const value = law.evaluate(params, inputs[row], gradient);
      const scale = logResidual ? 1 / value : 1;
      out[row] = (logResidual ? Math.log(value) : value) - target[row];
      for (let k = 0; k < slot.length; k++) {
        const j = slot[k];
        if (j < 0) continue;
        const entry = scale * gradient[k] * (isLog[j] ? params[k] : 1);
        columns[j][row] += entry;
        sum += entry;
      }
      sum += out[row];
    }
    return Number.isFinite(sum);
  }

  function basis(theta: ArrayLike<number>, columns: readonly Float64Array[], offset: Float64Array): boolean {
    paramsAt(slots, theta, params);
    for (let k = 0; k < slot.length; k++) if (linear.includes(slot[k])) params[k] = 0;
    for (const column of columns) column.fill(0);
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      offset[row] = law.evaluate(params, inputs[row], gradient);
      sum += offset[row];
      for (let k = 0; k < slot.length; k++) {
        const c = linear.indexOf(slot[k]);
        if (c < 0) continue;
        columns[c][row] += gradient[k];
        sum += gradient[k];
      }
    }
    return Number.isFinite(sum);
  }

  /** The law's curvature by differences of the gradient: the pulls are frozen, so that it is smooth though rho is not. */
  function hessian(theta: Float64Array, { columns, pulls, bends }: RowDerivatives, out: Float64Array): void {
    gramColumns(out, columns, bends);
    const moved = createColumns(size, rows);
    const unused = new Float64Array(rows);
    for (let k = 0; k < size; k++) {
      const shifted = theta.slice();
      shifted[k] += 1e-6 * Math.max(1, Math.abs(theta[k]));
      const step = shifted[k] - theta[k];
      if (!linearizeColumns(shifted, unused, moved)) continue;
      for (let j = 0; j < size; j++) {
        const entry = (dot(moved[j], pulls) - dot(columns[j], pulls)) / step / 2;
        out[j * size + k] += entry;
        out[k * size + j] += entry;
      }
    }
  }

  return { residuals, linearizeColumns, basis, hessian };
}

/** A sum of powers, by whole columns; the columns of the last theta are kept, since one is asked for many times. */
function byTerm(law: Law, slots: Slots, { logResidual, target, powers }: Rows): Routines {
  const { terms, logs } = powers as NonNullable<Rows['powers']>;
  const rows = target.length;
  const linear = linearSlots({ law, slots });
  const { size } = slots;
  const cut = createArena(rows * (4 + terms.length) + size);
  const powerColumns = createTermColumns(terms, slots, { logs, powers: terms.map(() => cut(rows)) });
  const last = cut(size).fill(Number.NaN);
  const response = cut(rows);
  const scale = cut(rows).fill(1);
  const gaps = cut(rows);
  const mixed = cut(rows);
  let inside = false;

  function visit(theta: ArrayLike<number>): boolean {
    let same = true;
    for (let j = 0; j < size; j++) same &&= theta[j] === last[j];
    if (same) return inside;
    last.set(theta);
    powerColumns.respond(theta, response);
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const value = response[row];
      const residual = (logResidual ? Math.log(value) : value) - target[row];
      gaps[row] = residual;
      sum += residual;
    }
    if (logResidual) for (let row = 0; row < rows; row++) scale[row] = 1 / response[row];
    inside = Number.isFinite(sum);
    return inside;
  }

  function residuals(theta: ArrayLike<number>, out: Float64Array): boolean {
    visit(theta);
    out.set(gaps);
    return inside;
  }

  function linearizeColumns(theta: ArrayLike<number>, out: Float64Array, columns: readonly Float64Array[]): boolean {
    if (!residuals(theta, out)) return false;
    powerColumns.slopes(scale, columns);
    return true;
  }

  function basis(theta: ArrayLike<number>, into: readonly Float64Array[], offset: Float64Array): boolean {
    last.fill(Number.NaN); // theta's linear entries may be missing, so that nothing of this visit can be kept
    powerColumns.raise(theta);
    offset.fill(0);
    for (const column of into) column.fill(0);
    let sum = 0;
    for (let t = 0; t < terms.length; t++) {
      const j = slots.slot[terms[t].constant];
      const c = linear.indexOf(j);
      const by = c >= 0 ? 1 : j < 0 ? slots.held[terms[t].constant] : slots.isLog[j] ? Math.exp(theta[j]) : theta[j];
      const column = c >= 0 ? into[c] : offset;
      for (let row = 0; row < rows; row++) {
        column[row] += by * powerColumns.powers[t][row];
        sum += column[row];
      }
    }
    return Number.isFinite(sum);
  }

  /** Second derivatives of ln f are those of f over f, less the square of the first ones. */
  function hessian(theta: Float64Array, { columns, pulls, bends }: RowDerivatives, out: Float64Array): void {
    visit(theta);
    if (logResidual) for (let row = 0; row < rows; row++) mixed[row] = bends[row] - pulls[row];
    gramColumns(out, columns, logResidual ? mixed : bends);
    if (logResidual) for (let row = 0; row < rows; row++) mixed[row] = pulls[row] * scale[row];
    powerColumns.bend(logResidual ? mixed : pulls, out);
  }

  return { residuals, linearizeColumns, basis, hessian };
}

import type { Columns } from '../base/index.js';
import { inputNames, type Law } from '../law/index.js';
import type { ParamRule, ParsedOptions } from './options.js';

/**
 * A fit as the searches see it: residuals of a vector theta and nothing else.
 *
 * theta holds the free parameters only, each of order 1: a log-scale parameter as its logarithm, others as they are.
 * Matrices are row-major: entry (row, j) at row * size + j.
 */
export interface Problem {
  readonly law: Law;
  readonly rows: number;
  /** Length of theta. */
  readonly size: number;
  readonly weights: Float64Array;
  /** Measured responses, as logarithms where residuals are. */
  readonly target: Float64Array;
  readonly inputs: readonly Float64Array[];
  readonly logResidual: boolean;
  readonly slots: Slots;
  /** Fills predicted - measured; false where the law gives no finite value (or none above 0, where logs are taken). */
  residuals(theta: ArrayLike<number>, out: Float64Array): boolean;
  /** The same, and d residual / d theta. */
  linearize(theta: ArrayLike<number>, out: Float64Array, jacobian: Float64Array): boolean;
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
  return assemble(law, createSlots(params), {
    logResidual: residual === 'log',
    target: residual === 'log' ? response.map(Math.log) : response,
    inputs: Array.from(response, (_, row) => Float64Array.from(names, name => columns[name][row])),
    weights: weights === null ? new Float64Array(response.length).fill(1) : Float64Array.from(weights),
  });
}

/** The same problem on some of its rows, with other weights: what one bootstrap draw fits. */
export function pickProblem(problem: Problem, rows: readonly number[], weights: Float64Array): Problem {
  return assemble(problem.law, problem.slots, {
    logResidual: problem.logResidual,
    target: Float64Array.from(rows, row => problem.target[row]),
    inputs: rows.map(row => problem.inputs[row]),
    weights,
  });
}

type Rows = Pick<Problem, 'logResidual' | 'target' | 'inputs' | 'weights'>;

function assemble(law: Law, slots: Slots, data: Rows): Problem {
  const { logResidual, target, inputs } = data;
  const { slot, isLog, size } = slots;
  const rows = target.length;
  const params = new Float64Array(slot.length);
  const gradient = new Float64Array(slot.length);

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

  function linearize(theta: ArrayLike<number>, out: Float64Array, jacobian: Float64Array): boolean {
    paramsAt(slots, theta, params);
    jacobian.fill(0);
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const value = law.evaluate(params, inputs[row], gradient);
      const scale = logResidual ? 1 / value : 1;
      out[row] = (logResidual ? Math.log(value) : value) - target[row];
      for (let k = 0; k < slot.length; k++) {
        const j = slot[k];
        if (j < 0) continue;
        const entry = scale * gradient[k] * (isLog[j] ? params[k] : 1);
        jacobian[row * size + j] += entry;
        sum += entry;
      }
      sum += out[row];
    }
    return Number.isFinite(sum);
  }

  return { law, slots, rows, size, ...data, residuals, linearize };
}

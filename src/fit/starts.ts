import { Matrix, solve } from 'ml-matrix';
import { type Columns, createRandom } from '../base/index.js';
import type { Law } from '../law/index.js';
import type { ParamRule, ParsedOptions } from './options.js';
import { type Problem, paramsAt } from './problem.js';

const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];

/**
 * Starting points, as thetas.
 *
 * The parameters in which the law is not linear are spread evenly over the ranges the law names (a Halton sequence,
 * shifted by the seed); the linear ones follow by least squares. A start that the user gave comes first.
 */
export function createStarts(problem: Problem, columns: Columns, options: ParsedOptions): Float64Array[] {
  const { law, slots } = problem;
  const ranges = law.ranges(columns);
  const random = createRandom(options.seed);
  const shifts = PRIMES.map(() => random.uniform());
  const spread = options.params.filter(rule => isSearched(law, rule));
  const given = options.params.some(rule => rule.start !== null);
  return Array.from({ length: options.starts }, (_, index) => {
    const first = given && index === 0;
    const values = Float64Array.from(options.params, rule => {
      if (rule.value !== null) return rule.value;
      if (first && rule.start !== null) return rule.start;
      const axis = spread.indexOf(rule);
      return axis < 0 ? Number.NaN : alongRange(rule, ranges[rule.name], shiftedHalton(index, axis, shifts));
    });
    options.params.forEach((rule, k) => {
      if (rule.tiedTo !== null) values[k] = values[options.params.findIndex(other => other.name === rule.tiedTo)];
    });
    return solveLinear(problem, toTheta(slots, values));
  });
}

const isSearched = (law: Law, rule: ParamRule) =>
  rule.value === null && rule.tiedTo === null && !law.linear.includes(rule.name);

function shiftedHalton(index: number, axis: number, shifts: readonly number[]): number {
  const base = PRIMES[axis % PRIMES.length];
  let value = shifts[axis % PRIMES.length];
  for (let left = index + 1, scale = 1 / base; left > 0; left = Math.floor(left / base), scale /= base)
    value += scale * (left % base);
  return value % 1;
}

function alongRange({ scale, min, max }: ParamRule, [from, to]: readonly [number, number], share: number): number {
  const value = scale === 'log' ? from * (to / from) ** share : from + (to - from) * share;
  return Math.min(max, Math.max(min, value));
}

function toTheta({ rules, slot, isLog, size }: Problem['slots'], values: Float64Array): Float64Array {
  const theta = new Float64Array(size).fill(Number.NaN);
  rules.forEach((rule, k) => {
    if (rule.tiedTo === null && slot[k] >= 0) theta[slot[k]] = isLog[slot[k]] ? Math.log(values[k]) : values[k];
  });
  return theta;
}

/** Fills the entries that are still NaN: the law is linear in them, so least squares gives them at once. */
function solveLinear(problem: Problem, theta: Float64Array): Float64Array {
  const open = Array.from(theta.keys()).filter(j => Number.isNaN(theta[j]));
  if (open.length === 0) return theta;
  const { basis, target } = linearSystem(problem, theta, open);
  const norms = open.map((_, c) => Math.hypot(...basis.getColumn(c)) || 1);
  const scaled = basis.clone().divRowVector(norms);
  const size = Math.hypot(...target);
  const { lower, upper, isLog } = problem.slots;
  const low = open.map((j, c) =>
    isLog[j] ? Math.max(Math.exp(lower[j]) * norms[c], size * 1e-3) : lower[j] * norms[c],
  );
  const high = open.map((j, c) => (isLog[j] ? Math.exp(upper[j]) : upper[j]) * norms[c]);
  const solution = solveBounded(scaled, target, low, high);
  open.forEach((j, c) => {
    theta[j] = isLog[j] ? Math.log(solution[c] / norms[c]) : solution[c] / norms[c];
  });
  return theta;
}

/** Rows of the weighted linear system; where residuals are of logarithms each row is divided by its response. */
function linearSystem(problem: Problem, theta: Float64Array, open: readonly number[]) {
  const { law, slots, rows, inputs, weights, logResidual } = problem;
  const params = paramsAt(slots, theta).map(value => (Number.isNaN(value) ? 0 : value));
  const gradient = new Float64Array(params.length);
  const basis = Matrix.zeros(rows, open.length);
  const target = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const response = logResidual ? Math.exp(problem.target[row]) : problem.target[row];
    const scale = Math.sqrt(weights[row]) / (logResidual ? response : 1);
    target[row] = scale * (response - law.evaluate(params, inputs[row], gradient));
    for (let k = 0; k < params.length; k++) {
      const column = open.indexOf(slots.slot[k]);
      if (column >= 0) basis.set(row, column, basis.get(row, column) + scale * gradient[k]);
    }
  }
  return { basis, target };
}

/** Least squares within bounds: solve, hold what breaks its bound there, solve again. Good enough to start from. */
function solveBounded(basis: Matrix, target: Float64Array, low: readonly number[], high: readonly number[]): number[] {
  const solution = low.map(() => Number.NaN);
  for (;;) {
    const free = solution.flatMap((value, c) => (Number.isNaN(value) ? [c] : []));
    if (free.length === 0) return solution;
    const rest = Array.from(target, (value, row) =>
      solution.reduce((left, held, c) => (Number.isNaN(held) ? left : left - held * basis.get(row, c)), value),
    );
    const columns = basis.subMatrixColumn(free);
    const normal = columns.transpose().mmul(columns).add(Matrix.eye(free.length).mul(1e-12));
    const found = solve(normal, columns.transpose().mmul(Matrix.columnVector(rest))).to1DArray();
    const broken = free.filter((c, f) => !(found[f] >= low[c] && found[f] <= high[c]));
    if (broken.length === 0) {
      free.forEach((c, f) => {
        solution[c] = found[f];
      });
      return solution;
    }
    for (const c of broken) solution[c] = found[free.indexOf(c)] > high[c] ? high[c] : low[c];
  }
}

import { gramInto, solveBounded, solveCholesky } from './matrix.js';
import { linearSlots, type Problem } from './problem.js';

/** The parameters in which a law is linear, found for given others: variable projection (Golub and Pereyra 1973). */
export interface Projector {
  /** Entries of theta that follow from the others. */
  readonly linear: readonly number[];
  /**
   * Fills them by weighted least squares within their bounds; false where the law has no finite value. Where residuals
   * are of logarithms the rows are weighted by 1 / response^2, which is the same to first order.
   */
  solve(theta: Float64Array): boolean;
}

/** A factor is kept above this share of the response: its logarithm must exist, and a start must be able to move. */
const START_SHARE = 1e-3;

export function createProjector(problem: Problem, leastShare = START_SHARE): Projector {
  const { rows, slots, weights, target, logResidual } = problem;
  const linear = linearSlots(problem);
  const size = linear.length;
  const columns = linear.map(() => new Float64Array(rows));
  const offset = new Float64Array(rows);
  const measured = logResidual ? target.map(Math.exp) : target;
  const mass = logResidual ? weights.map((weight, row) => weight / measured[row] ** 2) : weights;
  const rest = new Float64Array(rows);
  const gram = new Float64Array(size * size);
  const side = new Float64Array(size);
  const norms = new Float64Array(size);
  const low = new Float64Array(size);
  const high = new Float64Array(size);
  const x = new Float64Array(size);

  function solve(theta: Float64Array): boolean {
    if (size === 0) return true;
    if (!problem.basis(theta, columns, offset)) return false;
    let length = 0;
    for (let row = 0; row < rows; row++) {
      rest[row] = measured[row] - offset[row];
      length += mass[row] * rest[row] * rest[row];
    }
    fillNormal();
    for (let c = 0; c < size; c++) {
      const j = linear[c];
      const floor = slots.isLog[j] ? Math.max(Math.exp(slots.lower[j]) * norms[c], Math.sqrt(length) * leastShare) : 0;
      low[c] = slots.isLog[j] ? floor : slots.lower[j] * norms[c];
      high[c] = (slots.isLog[j] ? Math.exp(slots.upper[j]) : slots.upper[j]) * norms[c];
      low[c] = Math.min(low[c], high[c]);
    }
    x.fill(0);
    if (!solveBounded({ gram, side, low, high }, x)) return false;
    refine();
    for (let c = 0; c < size; c++) {
      const value = x[c] / norms[c];
      theta[linear[c]] = slots.isLog[linear[c]] ? Math.log(value) : value;
    }
    return true;
  }

  /** Normal equations of columns of length 1; the ridge is far below what the rows say and keeps equal columns apart. */
  function fillNormal(): void {
    for (let c = 0; c < size; c++) norms[c] = Math.sqrt(weightedDot(columns[c], columns[c])) || 1;
    for (let c = 0; c < size; c++) {
      for (let d = 0; d <= c; d++) {
        const entry = weightedDot(columns[c], columns[d]) / norms[c] / norms[d];
        gram[c * size + d] = entry;
        gram[d * size + c] = entry;
      }
      gram[c * size + c] += 1e-13;
      side[c] = weightedDot(columns[c], rest) / norms[c];
    }
  }

  /** Normal equations square the condition; solving for what is left of the rows gives the digits back. */
  function refine(): void {
    const held = Float64Array.from(x, (value, c) => (value <= low[c] || value >= high[c] ? 1 : 0));
    const inner = gram.slice();
    const change = new Float64Array(size);
    const left = rest.slice();
    for (let c = 0; c < size; c++)
      for (let row = 0; row < rows; row++) left[row] -= (x[c] / norms[c]) * columns[c][row];
    for (let c = 0; c < size; c++) {
      change[c] = held[c] === 1 ? 0 : weightedDot(columns[c], left) / norms[c];
      for (let d = 0; d < size; d++) if (held[c] === 1 || held[d] === 1) inner[c * size + d] = c === d ? 1 : 0;
    }
    if (!solveCholesky(inner, change, size)) return;
    for (let c = 0; c < size; c++) x[c] = Math.min(high[c], Math.max(low[c], x[c] + change[c]));
  }

  function weightedDot(a: Float64Array, b: Float64Array): number {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += mass[row] * a[row] * b[row];
    return sum;
  }

  return { linear, solve };
}

/** Below this cosine between the residuals and what is left of a column, only rounding is left. */
const ROUNDING = 1e-13;

/**
 * Least squares of a law that is linear in some parameters, walked in the others alone: for every trial the linear ones
 * are found anew. Gauss-Newton steps on the part of the Jacobian that the linear columns cannot make (Kaufman 1975),
 * damped by Marquardt's rule. On curves of equal FLOPs the five constants of Chinchilla's law have a condition number
 * above 1e11, the two exponents alone about 10: an exact law is found to rounding.
 *
 * Only for residuals of the response itself under the squared objective: there the inner problem is the outer one.
 */
export function descendProjected(problem: Problem, start: Float64Array, maxIterations: number): Float64Array {
  const { rows, size, slots } = problem;
  const projector = createProjector(problem, 1e-12);
  const outer = Array.from({ length: size }, (_, j) => j).filter(j => !projector.linear.includes(j));
  const residuals = new Float64Array(rows);
  const squares = (theta: Float64Array) => {
    if (!projector.solve(theta) || !problem.residuals(theta, residuals)) return Infinity;
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += problem.weights[row] * residuals[row] * residuals[row];
    return sum;
  };
  let here = start.slice();
  let height = squares(here);
  let damping = 1e-3;
  for (let iteration = 0; iteration < maxIterations && height > 0 && damping < 1e12; iteration++) {
    const reduced = reduce(problem, here, { linear: projector.linear, outer });
    if (reduced === null || reduced.cosine < ROUNDING) break;
    const there = here.slice();
    if (!takeStep(reduced, { damping, outer, theta: there, slots })) break;
    const next = squares(there);
    if (next < height) {
      damping = Math.max(damping * 0.1, 1e-15);
      [here, height] = [there, next];
    } else damping *= 10;
  }
  projector.solve(here);
  return here;
}

/** Gram matrix and slope of the reduced problem, and the largest cosine between residuals and a reduced column. */
export interface Reduced {
  readonly gram: Float64Array;
  readonly slope: Float64Array;
  readonly cosine: number;
}

/** What is left of the Jacobian's outer columns when the linear ones within their bounds are taken out. */
export function reduce(
  problem: Problem,
  theta: Float64Array,
  { linear, outer }: { linear: readonly number[]; outer: readonly number[] },
): Reduced | null {
  const { rows, size, weights, slots } = problem;
  const residuals = new Float64Array(rows);
  const jacobian = new Float64Array(rows * size);
  if (!problem.linearize(theta, residuals, jacobian)) return null;
  const inside = linear.filter(j => theta[j] > slots.lower[j] && theta[j] < slots.upper[j]);
  const count = outer.length;
  const left = new Float64Array(rows * count);
  for (let row = 0; row < rows; row++)
    for (let o = 0; o < count; o++) left[row * count + o] = jacobian[row * size + outer[o]];
  for (let pass = 0; pass < 2; pass++) takeOut({ jacobian, left }, { weights, inside, size, count });
  const gram = new Float64Array(count * count);
  gramInto(gram, { jacobian: left, weights, size: count });
  const slope = new Float64Array(count);
  let square = 0;
  for (let row = 0; row < rows; row++) {
    square += weights[row] * residuals[row] * residuals[row];
    for (let o = 0; o < count; o++) slope[o] += weights[row] * left[row * count + o] * residuals[row];
  }
  const cosines = Array.from(slope, (value, o) => Math.abs(value) / Math.sqrt(gram[o * count + o] * square || 1));
  return { gram, slope, cosine: Math.max(0, ...cosines) };
}

/** Modified Gram-Schmidt of the inside columns, then their parts taken out of `left`; a second pass mends rounding. */
function takeOut(
  { jacobian, left }: { jacobian: Float64Array; left: Float64Array },
  { weights, inside, size, count }: { weights: Float64Array; inside: readonly number[]; size: number; count: number },
): void {
  const rows = weights.length;
  const unit: Float64Array[] = [];
  for (const j of inside) {
    const column = Float64Array.from(weights, (_, row) => jacobian[row * size + j]);
    for (let again = 0; again < 2; again++)
      for (const other of unit) {
        let share = 0;
        for (let row = 0; row < rows; row++) share += weights[row] * column[row] * other[row];
        for (let row = 0; row < rows; row++) column[row] -= share * other[row];
      }
    let square = 0;
    for (let row = 0; row < rows; row++) square += weights[row] * column[row] * column[row];
    if (square > 0) unit.push(column.map(value => value / Math.sqrt(square)));
  }
  for (let o = 0; o < count; o++)
    for (const other of unit) {
      let share = 0;
      for (let row = 0; row < rows; row++) share += weights[row] * left[row * count + o] * other[row];
      for (let row = 0; row < rows; row++) left[row * count + o] -= share * other[row];
    }
}

/** A damped step within bounds, in place. */
function takeStep(
  { gram, slope }: Reduced,
  {
    damping,
    outer,
    theta,
    slots,
  }: { damping: number; outer: readonly number[]; theta: Float64Array; slots: Problem['slots'] },
): boolean {
  const count = outer.length;
  const a = gram.slice();
  const b = slope.map(value => -value);
  for (let o = 0; o < count; o++) {
    const j = outer[o];
    const pressed = (theta[j] <= slots.lower[j] && slope[o] >= 0) || (theta[j] >= slots.upper[j] && slope[o] <= 0);
    a[o * count + o] = a[o * count + o] * (1 + damping) || 1;
    if (!pressed) continue;
    for (let p = 0; p < count; p++) a[o * count + p] = a[p * count + o] = o === p ? 1 : 0;
    b[o] = 0;
  }
  if (!solveCholesky(a, b, count)) return false;
  for (let o = 0; o < count; o++)
    theta[outer[o]] = Math.min(slots.upper[outer[o]], Math.max(slots.lower[outer[o]], theta[outer[o]] + b[o]));
  return true;
}

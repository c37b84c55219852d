import { Matrix } from 'ml-matrix';
import { createArena, dot, gramColumns, gramInto, solveCholesky } from './matrix.js';
import type { Problem } from './problem.js';
import type { Rho } from './rho.js';

export interface Optimum {
  readonly theta: Float64Array;
  /** Sum over rows of weight * rho(residual). */
  readonly objective: number;
  /** The gradient is zero to the tolerance, in the parameters that no bound holds. */
  readonly converged: boolean;
  /** Largest cosine between a column of the Jacobian and the slopes of rho: 0 at an optimum, whatever the units. */
  readonly gradient: number;
  readonly iterations: number;
}

export interface NewtonOptions {
  readonly maxIterations: number;
  /** Converged when the gradient (as a cosine) is at most this. */
  readonly tolerance: number;
  /** How timid the first step is: 0 to 1e-4 near the optimum, 1 and up far from it. */
  readonly damping: number;
}

/** The search ends early below the tolerance; where rounding stops it first, a cosine up to this still counts. */
const ROUNDING_COSINE = 1e-6;
const MAX_DAMPING = 1e12;
const LEAST_DAMPING = 1e-8;
/** Below this the damping is rounding, and the matrix it needs is not made. */
const NO_DAMPING = 1e-14;

/**
 * Least sum of weight * rho(residual) within bounds, by damped Newton steps with the full Hessian.
 *
 * The Hessian is J' diag(rho'') J plus the curvature of the law; where it is not positive definite, or a step does not
 * go down, it is damped towards J' diag(rho' / r) J, the Hessian of a parabola that lies above the objective. Stops on
 * the gradient, never on a small change of the objective: the valleys of scaling laws are flat. Parameters pressed
 * against a bound are held there for the step.
 */
export function minimise(problem: Problem, rho: Rho, start: Float64Array, options: NewtonOptions): Optimum {
  const { rows, size } = problem;
  const search = createWorkspace(problem);
  const trial = new Float64Array(rows);
  const theta = new Float64Array(size);
  const step = new Float64Array(size);
  let here = createPoint(problem);
  let next = createPoint(problem);
  clip(problem, start, here.theta);
  let damping = options.damping;
  let iterations = 0;
  if (!expand(problem, rho, here))
    return { theta: start, objective: Infinity, converged: false, gradient: 1, iterations };
  for (; here.gradient > options.tolerance && iterations < options.maxIterations; iterations++) {
    problem.hessian(here.theta, here, search.full);
    search.hasMajor = false;
    let moved = false;
    while (!moved && damping <= MAX_DAMPING) {
      if (dampedStep(problem, here, { search, damping, step })) {
        for (let j = 0; j < size; j++) step[j] += here.theta[j];
        clip(problem, step, theta);
        const objective = problem.residuals(theta, trial) ? rho.total(trial, problem.weights) : Infinity;
        const fall = here.objective - objective;
        const gain = fall / promised(here, search.full, theta);
        if (gain > 1e-4 || Math.abs(fall) <= here.rounding) {
          next.theta.set(theta);
          // A step is taken when the objective fell, or (below rounding) when the gradient did.
          moved = expand(problem, rho, next) && (gain > 1e-4 || next.gradient < here.gradient);
          if (moved) damping *= gain > 0.75 ? 0.05 : gain > 0.25 ? 0.5 : 2;
        }
      }
      if (!moved) damping = Math.max(damping * 6, LEAST_DAMPING);
    }
    if (!moved) break;
    [here, next] = [next, here];
    if (damping < NO_DAMPING) damping = 0;
  }
  const { objective, gradient } = here;
  const converged = gradient <= Math.max(options.tolerance, ROUNDING_COSINE);
  return { theta: here.theta.slice(), objective, gradient, iterations, converged };
}

function clip({ slots: { lower, upper } }: Problem, from: ArrayLike<number>, to: Float64Array): void {
  for (let j = 0; j < to.length; j++) to[j] = Math.min(upper[j], Math.max(lower[j], from[j]));
}

/** Objective and first derivatives at theta, with what the Hessian needs. */
interface Point {
  readonly theta: Float64Array;
  readonly residuals: Float64Array;
  readonly columns: readonly Float64Array[];
  /** weight * rho'(residual), by row. */
  readonly pulls: Float64Array;
  /** weight * rho''(residual), by row. */
  readonly bends: Float64Array;
  readonly slope: Float64Array;
  /** Weighted square of each column of the Jacobian. */
  readonly norms: Float64Array;
  /** 0 where the parameter is pressed against a bound. */
  readonly free: Uint8Array;
  objective: number;
  gradient: number;
  /** Differences of the objective below this are rounding of its residuals. */
  rounding: number;
}

function createPoint({ rows, size }: Problem): Point {
  const cut = createArena(rows * (size + 3) + 3 * size);
  return {
    theta: cut(size),
    residuals: cut(rows),
    columns: Array.from({ length: size }, () => cut(rows)),
    pulls: cut(rows),
    bends: cut(rows),
    slope: cut(size),
    norms: cut(size),
    free: new Uint8Array(size),
    objective: Infinity,
    gradient: 1,
    rounding: 0,
  };
}

/** Fills everything but theta; false where the law gives no finite value. */
function expand(problem: Problem, rho: Rho, point: Point): boolean {
  const { size, weights, slots } = problem;
  const { theta, residuals, columns, pulls, bends, slope, norms, free } = point;
  if (!problem.linearizeColumns(theta, residuals, columns)) return false;
  point.objective = rho.derive(residuals, weights, pulls, bends);
  for (let j = 0; j < size; j++) {
    slope[j] = dot(columns[j], pulls);
    norms[j] = weightedSquare(columns[j], weights);
  }
  for (let j = 0; j < size; j++) {
    const low = theta[j] <= slots.lower[j] && slope[j] >= 0;
    const high = theta[j] >= slots.upper[j] && slope[j] <= 0;
    free[j] = low || high ? 0 : 1;
  }
  point.gradient = largestCosine(problem, point);
  return true;
}

function weightedSquare(column: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let row = 0, rows = column.length; row < rows; row++) sum += weights[row] * column[row] * column[row];
  return sum;
}

/** Largest |J_j' W psi| / (|J_j|_W |psi|_W) over the free parameters; 0 when every residual is 0 to rounding. */
function largestCosine({ rows, size, weights, target }: Problem, point: Point): number {
  const { pulls, slope, norms, free } = point;
  let pull = 0;
  let scale = 0;
  let pulled = 0;
  for (let row = 0; row < rows; row++) {
    pulled += Math.abs(pulls[row] * target[row]);
    if (weights[row] > 0) pull += (pulls[row] * pulls[row]) / weights[row];
    scale += weights[row] * (1 + target[row] * target[row]);
  }
  point.rounding = 1e-13 * Math.abs(point.objective) + Number.EPSILON * pulled;
  if (pull <= scale * 1e-30) return 0;
  let largest = 0;
  for (let j = 0; j < size; j++)
    if (free[j] === 1 && norms[j] > 0) largest = Math.max(largest, Math.abs(slope[j]) / Math.sqrt(norms[j] * pull));
  return largest;
}

interface Workspace {
  readonly full: Float64Array;
  readonly major: Float64Array;
  hasMajor: boolean;
  readonly damped: Float64Array;
  readonly side: Float64Array;
  readonly majors: Float64Array;
}

function createWorkspace({ rows, size }: Problem): Workspace {
  const square = () => new Float64Array(size * size);
  return {
    full: square(),
    major: square(),
    hasMajor: false,
    damped: square(),
    side: new Float64Array(size),
    majors: new Float64Array(rows),
  };
}

/** J' diag(weight * rho' / r) J, once for each point that needs it. */
function fillMajor({ weights }: Problem, { residuals, columns, pulls }: Point, search: Workspace): void {
  if (search.hasMajor) return;
  const { majors, major } = search;
  for (let row = 0, rows = majors.length; row < rows; row++)
    majors[row] = residuals[row] === 0 ? weights[row] : pulls[row] / residuals[row];
  gramColumns(major, columns, majors);
  search.hasMajor = true;
}

/** Solves for the free parameters; false where the damped Hessian is not positive definite. */
function dampedStep(
  problem: Problem,
  here: Point,
  { search, damping, step }: { search: Workspace; damping: number; step: Float64Array },
): boolean {
  const { size } = problem;
  const { full, major, damped, side } = search;
  if (damping > 0) fillMajor(problem, here, search);
  let count = 0;
  for (let j = 0; j < size; j++) {
    if (here.free[j] === 0) continue;
    side[count++] = -here.slope[j];
  }
  for (let j = 0, a = 0; j < size; j++) {
    if (here.free[j] === 0) continue;
    for (let k = 0, b = 0; k <= j; k++) {
      if (here.free[k] === 0) continue;
      const extra = damping > 0 ? damping * major[j * size + k] * (j === k ? 2 : 1) : 0;
      damped[a * count + b++] = full[j * size + k] + extra;
    }
    a++;
  }
  if (!solveCholesky(damped, side, count)) return false;
  for (let j = 0, a = 0; j < size; j++) step[j] = here.free[j] === 0 ? 0 : side[a++];
  return true;
}

/** What the quadratic model promises for going to theta. */
function promised({ theta: from, slope }: Point, full: Float64Array, theta: Float64Array): number {
  const size = theta.length;
  let change = 0;
  for (let j = 0; j < size; j++) {
    const step = theta[j] - from[j];
    let bend = 0;
    for (let k = 0; k < size; k++) bend += full[j * size + k] * (theta[k] - from[k]);
    change -= step * (slope[j] + bend / 2);
  }
  return Math.max(change, Number.MIN_VALUE);
}

/** Sum of weight * rho(residual). */
export const total = ({ weights }: Problem, rho: Rho, residuals: Float64Array): number => rho.total(residuals, weights);

/** J' diag(v) J. */
export function gram(jacobian: Float64Array, values: Float64Array, size: number): Matrix {
  const out = new Float64Array(size * size);
  gramInto(out, { jacobian, weights: values, size });
  return Matrix.from1DArray(size, size, out);
}

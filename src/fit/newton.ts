import { CholeskyDecomposition, Matrix } from 'ml-matrix';
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
  /** How timid the first step is: about 1e-4 near the optimum, 1 and up far from it. */
  readonly damping: number;
}

/** The search ends early below the tolerance; where rounding stops it first, a cosine up to this still counts. */
const ROUNDING_COSINE = 1e-6;
const MAX_DAMPING = 1e12;

/**
 * Least sum of weight * rho(residual) within bounds, by damped Newton steps with the full Hessian.
 *
 * The Hessian is J' diag(rho'') J plus the curvature of the law; where it is not positive definite, or a step does not
 * go down, it is damped towards J' diag(rho' / r) J, the Hessian of a parabola that lies above the objective. Stops on
 * the gradient, never on a small change of the objective: the valleys of scaling laws are flat. Parameters pressed
 * against a bound are held there for the step.
 */
export function minimise(problem: Problem, rho: Rho, start: Float64Array, options: NewtonOptions): Optimum {
  const { lower, upper } = problem.slots;
  const clip = (theta: Float64Array) => theta.map((value, j) => Math.min(upper[j], Math.max(lower[j], value)));
  const trial = new Float64Array(problem.rows);
  let here = expand(problem, rho, clip(start));
  let damping = options.damping;
  let iterations = 0;
  let curvature: Matrix | null = null;
  for (; here !== null && here.gradient > options.tolerance && iterations < options.maxIterations; iterations++) {
    curvature ??= lawCurvature(problem, here);
    const hessian = newtonHessian(problem, here, curvature);
    let next: Expansion | null = null;
    while (next === null && damping <= MAX_DAMPING) {
      const step = dampedStep(here, hessian, damping);
      if (step !== null) {
        const theta = clip(here.theta.map((value, j) => value + step[j]));
        const objective = problem.residuals(theta, trial) ? total(problem, rho, trial) : Infinity;
        const gain = (here.objective - objective) / promised(here, hessian, theta);
        if (gain > 1e-4 || Math.abs(here.objective - objective) <= 1e-13 * here.objective)
          next = improved(here, expand(problem, rho, theta), gain > 1e-4);
        if (next !== null) damping *= gain > 0.75 ? 0.05 : gain > 0.25 ? 0.5 : 2;
        if (gain < 0.75 || iterations % 3 === 2) curvature = null;
      }
      if (next === null) damping = Math.max(damping * 6, 1e-8);
    }
    if (next === null) break;
    here = next;
    damping = Math.max(damping, 1e-14);
  }
  if (here === null) return { theta: start, objective: Infinity, converged: false, gradient: 1, iterations };
  const { theta, objective, gradient } = here;
  return {
    theta,
    objective,
    gradient,
    iterations,
    converged: gradient <= Math.max(options.tolerance, ROUNDING_COSINE),
  };
}

/** Objective and first derivatives at theta, with what the Hessian needs. */
interface Expansion {
  readonly theta: Float64Array;
  readonly objective: number;
  readonly residuals: Float64Array;
  readonly jacobian: Float64Array;
  /** weight * rho'(residual), by row. */
  readonly pulls: Float64Array;
  readonly slope: Float64Array;
  readonly free: readonly number[];
  readonly gradient: number;
  /** weight * rho'' and weight * rho' / residual, by row. */
  readonly bends: Float64Array;
  readonly majors: Float64Array;
}

/** Sum of weight * rho(residual). */
export function total({ rows, weights }: Problem, rho: Rho, residuals: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += weights[row] * rho.value(residuals[row]);
  return sum;
}

function expand(problem: Problem, rho: Rho, theta: Float64Array): Expansion | null {
  const { rows, size, weights, slots } = problem;
  const residuals = new Float64Array(rows);
  const jacobian = new Float64Array(rows * size);
  if (!problem.linearize(theta, residuals, jacobian)) return null;
  const pulls = residuals.map((residual, row) => weights[row] * rho.slope(residual));
  const bends = residuals.map((residual, row) => weights[row] * rho.curvature(residual));
  const majors = residuals.map((residual, row) => (residual === 0 ? weights[row] : pulls[row] / residual));
  const slope = timesRows(jacobian, pulls, size);
  const free = Array.from(slope.keys()).filter(
    j => !((theta[j] <= slots.lower[j] && slope[j] >= 0) || (theta[j] >= slots.upper[j] && slope[j] <= 0)),
  );
  const gradient = largestCosine(problem, { jacobian, pulls, slope, free });
  const objective = total(problem, rho, residuals);
  return { theta, objective, residuals, jacobian, pulls, slope, free, gradient, bends, majors };
}

/** Largest |J_j' W psi| / (|J_j|_W |psi|_W) over the free parameters; 0 when every residual is 0 to rounding. */
function largestCosine(
  { rows, size, weights, target }: Problem,
  { jacobian, pulls, slope, free }: Pick<Expansion, 'jacobian' | 'pulls' | 'slope' | 'free'>,
): number {
  let pull = 0;
  let size2 = 0;
  for (let row = 0; row < rows; row++) {
    if (weights[row] > 0) pull += pulls[row] ** 2 / weights[row];
    size2 += weights[row] * (1 + target[row] ** 2);
  }
  if (pull <= size2 * 1e-30) return 0;
  return Math.max(
    0,
    ...free.map(j => {
      let column = 0;
      for (let row = 0; row < rows; row++) column += weights[row] * jacobian[row * size + j] ** 2;
      return column === 0 ? 0 : Math.abs(slope[j]) / Math.sqrt(column * pull);
    }),
  );
}

/** J' v. */
function timesRows(jacobian: Float64Array, values: Float64Array, size: number): Float64Array {
  const out = new Float64Array(size);
  for (let row = 0; row < values.length; row++)
    for (let j = 0; j < size; j++) out[j] += jacobian[row * size + j] * values[row];
  return out;
}

/** J' diag(v) J. */
export function gram(jacobian: Float64Array, values: Float64Array, size: number): Matrix {
  const out = new Float64Array(size * size);
  for (let row = 0; row < values.length; row++) {
    if (values[row] === 0) continue;
    for (let j = 0; j < size; j++) {
      const left = values[row] * jacobian[row * size + j];
      for (let k = 0; k <= j; k++) out[j * size + k] += left * jacobian[row * size + k];
    }
  }
  for (let j = 0; j < size; j++) for (let k = 0; k < j; k++) out[k * size + j] = out[j * size + k];
  return Matrix.from1DArray(size, size, out);
}

interface Hessian {
  readonly full: Matrix;
  readonly major: Matrix;
}

function newtonHessian({ size }: Problem, here: Expansion, curvature: Matrix): Hessian {
  const full = gram(here.jacobian, here.bends, size).add(curvature);
  return { full, major: gram(here.jacobian, here.majors, size) };
}

/**
 * Sum over rows of pull * second derivatives of the residual, by differences of the gradient. The pulls are frozen, so
 * what is differenced is smooth even where rho has a corner.
 */
function lawCurvature(problem: Problem, { theta, pulls, slope }: Expansion): Matrix {
  const { rows, size } = problem;
  const out = Matrix.zeros(size, size);
  const residuals = new Float64Array(rows);
  const moved = new Float64Array(rows * size);
  for (let k = 0; k < size; k++) {
    const shifted = theta.slice();
    shifted[k] += 1e-6 * Math.max(1, Math.abs(theta[k]));
    const step = shifted[k] - theta[k];
    if (!problem.linearize(shifted, residuals, moved)) continue;
    const there = timesRows(moved, pulls, size);
    for (let j = 0; j < size; j++) {
      const entry = (there[j] - slope[j]) / step / 2;
      out.set(j, k, out.get(j, k) + entry);
      out.set(k, j, out.get(k, j) + entry);
    }
  }
  return out;
}

/** Solves for the free parameters; null where the damped Hessian is not positive definite. */
function dampedStep({ slope, free }: Expansion, { full, major }: Hessian, damping: number): Float64Array | null {
  const damped = Matrix.zeros(free.length, free.length);
  free.forEach((j, a) => {
    free.forEach((k, b) => {
      damped.set(a, b, full.get(j, k) + damping * major.get(j, k) * (a === b ? 2 : 1));
    });
  });
  const cholesky = new CholeskyDecomposition(damped);
  if (!cholesky.isPositiveDefinite()) return null;
  const solution = cholesky.solve(Matrix.columnVector(free.map(j => -slope[j])));
  const step = new Float64Array(slope.length);
  free.forEach((j, a) => {
    step[j] = solution.get(a, 0);
  });
  return step.every(Number.isFinite) ? step : null;
}

/** What the quadratic model promises for going to theta. */
function promised({ theta: from, slope }: Expansion, { full }: Hessian, theta: Float64Array): number {
  const step = theta.map((value, j) => value - from[j]);
  let change = 0;
  for (let j = 0; j < step.length; j++) {
    change -= slope[j] * step[j];
    for (let k = 0; k < step.length; k++) change -= (step[j] * full.get(j, k) * step[k]) / 2;
  }
  return Math.max(change, Number.MIN_VALUE);
}

/** A step is taken when the objective fell, or (below rounding) when the gradient did. */
function improved(here: Expansion, next: Expansion | null, fell: boolean): Expansion | null {
  return next !== null && (fell || next.gradient < here.gradient) ? next : null;
}

import { errorFunction } from 'simple-statistics';
import type { NewtonOptions, Optimum } from './newton.js';
import type { Problem } from './problem.js';
import { createRho, type Rho } from './rho.js';
import { descendByStages } from './search.js';

/** An optimum of the law's parameters and of the scale of its residuals together. */
export interface ScaledOptimum extends Optimum {
  /** The scale s: residuals / s follow Huber's density with the delta that was asked for. */
  readonly scale: number;
  /** Huber's function with delta * s, whose sum theta makes least. */
  readonly rho: Rho;
}

const ROUNDS = 50;

/**
 * Greatest likelihood of Huber's density with a free scale: the objective is
 *   n ln(s Z) + sum of weight * huber(r / s), Z the integral of exp(-huber), n the sum of weights.
 *
 * For a given s theta makes Huber's function with delta * s least; for a given theta s solves one equation. The two
 * take turns from an optimum of the same kind until s stands still. With the small delta of Besiroglu 2024 (1e-3) all but
 * a few rows lie on the linear part, and this is the least absolute deviation.
 */
export function maximiseLikelihood(
  problem: Problem,
  delta: number,
  { start, exact }: { start: Float64Array; exact: NewtonOptions },
): ScaledOptimum {
  const residuals = new Float64Array(problem.rows);
  const scaleAt = (theta: Float64Array) =>
    problem.residuals(theta, residuals) ? solveScale(residuals, problem.weights, delta) : Number.NaN;
  let scale = scaleAt(start);
  let rho = createRho('huber', delta * scale);
  let end = descendByStages(problem, rho, { start, exact });
  let settled = false;
  for (let round = 0; round < ROUNDS && !settled; round++) {
    const next = scaleAt(end.theta);
    settled = !(Math.abs(next / scale - 1) > 1e-9);
    scale = next;
    if (settled) break;
    rho = createRho('huber', delta * scale);
    end = descendByStages(problem, rho, { start: end.theta, exact });
  }
  return {
    ...end,
    scale,
    rho,
    converged: end.converged && settled,
    objective: minusLogLikelihood(problem, end, { delta, scale }),
  };
}

function minusLogLikelihood(
  { weights }: Problem,
  { objective }: Optimum,
  { delta, scale }: { delta: number; scale: number },
) {
  const mass = weights.reduce((sum, weight) => sum + weight, 0);
  return mass * Math.log(scale * huberIntegral(delta)) + objective / scale ** 2;
}

/** Integral of exp(-huber(z)) over z: a piece of the normal and two exponential tails. */
const huberIntegral = (delta: number) =>
  Math.sqrt(2 * Math.PI) * errorFunction(delta / Math.SQRT2) + (2 / delta) * Math.exp(-(delta ** 2) / 2);

/** The s of sum of weight * slope(r / s) * r / s = sum of weights; the left side falls as s grows. */
export function solveScale(residuals: Float64Array, weights: Float64Array, delta: number): number {
  let mass = 0;
  let absolute = 0;
  for (let row = 0; row < residuals.length; row++) {
    mass += weights[row];
    absolute += weights[row] * Math.abs(residuals[row]);
  }
  if (!(absolute > 0)) return Number.MIN_VALUE;
  const left = (logScale: number) => {
    const scale = Math.exp(logScale);
    let sum = 0;
    for (let row = 0; row < residuals.length; row++) {
      const z = Math.abs(residuals[row]) / scale;
      sum += weights[row] * Math.min(z, delta) * z;
    }
    return sum / mass - 1;
  };
  // On the linear part alone s = delta * mean |r|; the quadratic part can only ask for less.
  let high = Math.log((delta * absolute) / mass) + 1;
  let low = high - 1;
  while (left(low) < 0 && low > -700) low -= 1;
  while (high - low > 1e-15 * Math.abs(high)) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (left(middle) > 0) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

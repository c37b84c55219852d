import { errorFunction, gammaln } from 'simple-statistics';
import type { Problem } from './problem.js';
import type { Rho } from './rho.js';

export interface Metrics {
  /** Root mean square of the residuals; for logarithms about the relative error. */
  readonly rmse: number;
  /** 1 - residual / total sum of squares, on the scale of the residuals. */
  readonly r2: number;
  /** 2 k - 2 ln likelihood, k the free parameters and the scale; comparable between fits of one rho, residual and table. */
  readonly aic: number;
  /** k ln rows - 2 ln likelihood. */
  readonly bic: number;
  /** Of the density that rho belongs to, its scale fitted: normal for the square, Laplace in the limit of a small delta. */
  readonly logLikelihood: number;
}

/** How close the law comes to the rows. */
export function measureFit(
  problem: Problem,
  rho: Rho,
  fit: { residuals: Float64Array; objective: number; scale?: number | null },
): Metrics {
  const { rows, target, weights, size } = problem;
  const { residuals, objective, scale = null } = fit;
  const mass = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = target.reduce((sum, value, row) => sum + weights[row] * value, 0) / mass;
  const left = residuals.reduce((sum, value, row) => sum + weights[row] * value ** 2, 0);
  const all = target.reduce((sum, value, row) => sum + weights[row] * (value - mean) ** 2, 0);
  // An exact fit has no likelihood; residuals of rounding size stand in for it.
  const floor = rows * (1e-16 * (1 + Math.abs(mean))) ** 2;
  // With a scale the objective is the likelihood already.
  const logLikelihood = scale === null ? -fitScale(Math.max(objective, floor), rows, rho) : -objective;
  const free = size + 1;
  return {
    rmse: Math.sqrt(left / mass),
    r2: 1 - left / all,
    aic: 2 * free - 2 * logLikelihood,
    bic: free * Math.log(rows) - 2 * logLikelihood,
    logLikelihood,
  };
}

/**
 * Least of rows * ln Z(s) + objective / s over the scale s, where Z(s) is the integral of exp(-rho(r) / s).
 *
 * Below delta Huber's Z is a piece of a Gaussian, beyond it an exponential tail; the asymmetric one is two exponential
 * tails, its rounded corner left out; Cauchy's is a Student density, whose integral stands while s < delta^2.
 */
function fitScale(objective: number, rows: number, { name, delta, over }: Rho): number {
  if (name === 'squared') return (rows / 2) * (Math.log((4 * Math.PI * objective) / rows) + 1);
  if (name === 'asymmetric') return rows * (Math.log((objective / rows) * (1 + 1 / over)) + 1);
  const height = (logScale: number) => {
    const scale = Math.exp(logScale);
    return rows * (name === 'cauchy' ? logCauchy(delta, scale) : logHuber(delta, scale)) + objective / scale;
  };
  const centre = Math.log(objective / rows);
  return height(goldenSection(height, centre - 5, centre + 5));
}

function logHuber(delta: number, scale: number): number {
  const middle = Math.sqrt(2 * Math.PI * scale) * errorFunction(delta / Math.sqrt(2 * scale));
  return Math.log(middle + ((2 * scale) / delta) * Math.exp(-(delta ** 2) / (2 * scale)));
}

function logCauchy(delta: number, scale: number): number {
  const power = delta ** 2 / (2 * scale);
  if (power <= 0.5) return Infinity;
  return Math.log(delta * Math.sqrt(Math.PI)) + gammaln(power - 0.5) - gammaln(power);
}

function goldenSection(height: (x: number) => number, from: number, to: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [from, to];
  while (high - low > 1e-9) {
    const step = ratio * (high - low);
    if (height(high - step) < height(low + step)) high = low + step;
    else low = high - step;
  }
  return (low + high) / 2;
}

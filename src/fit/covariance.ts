import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { quantile, standardDeviation } from 'simple-statistics';
import { normalBetween, normalDensity } from './distribution.js';
import { gram } from './newton.js';
import type { ParsedOptions } from './options.js';
import type { Problem } from './problem.js';
import type { Rho } from './rho.js';

/** How well the rows pin theta down. */
export interface Uncertainty {
  /** Covariance of theta. */
  readonly theta: Matrix;
  /** Largest over smallest eigenvalue of the information, each parameter measured in its own unit of information. */
  readonly condition: number;
  /** The direction of theta that the rows say least about: the change of each entry, largest 1 in units of information. */
  readonly flat: Float64Array;
}

/** Eigenvalues below this share of the largest are rounding: the variance then is huge, never infinite. */
const SMALLEST_SHARE = 1e-15;

/**
 * Covariance of theta at the optimum.
 *
 * sandwich: inv(H) (sum of s s') inv(H), s the gradient of one row (or of one unit's rows), which holds when residuals
 * differ in size between rows; classic: the variance of the residuals times inv(J' W J). H counts each row by the
 * chance that its residual falls on the quadratic part of rho; since delta may be far below the residuals that chance
 * is a kernel estimate. Sources: Huber 1967; Powell 1991 (kernel); the small-sample factors are those of HC1 and CR1.
 */
export function estimateCovariance(
  problem: Problem,
  rho: Rho,
  {
    theta,
    covariance,
    unit,
  }: { theta: Float64Array; covariance: ParsedOptions['covariance']; unit: ParsedOptions['unit'] },
): Uncertainty {
  const { rows, size, weights } = problem;
  const residuals = new Float64Array(rows);
  const jacobian = new Float64Array(rows * size);
  problem.linearize(theta, residuals, jacobian);
  const shares = quadraticShares(residuals, rho);
  const information = gram(
    jacobian,
    weights.map((weight, row) => weight * shares[row]),
    size,
  );
  const { inverse, condition, flat } = invert(information);
  const pulls = residuals.map((residual, row) => weights[row] * rho.slope(residual));
  const scores =
    covariance === 'classic'
      ? classicMeat(problem, { residuals, jacobian, rho })
      : sandwichMeat(problem, { jacobian, pulls, unit });
  return { theta: inverse.mmul(scores).mmul(inverse), condition, flat };
}

/**
 * For each row the mean second derivative of rho at a residual like its own: all 1 for the square; rho's own where that is
 * smooth (Cauchy); else the chance that it lies within delta of 0, times how much the slope turns there.
 */
export function quadraticShares(residuals: Float64Array, rho: Rho): Float64Array {
  const { name, delta, over } = rho;
  if (name === 'squared') return residuals.map(() => 1);
  if (name === 'cauchy') return residuals.map(rho.curvature);
  const turn = name === 'asymmetric' ? (1 + over) / 2 / delta : 1;
  const values = Array.from(residuals);
  const spread = Math.min(standardDeviation(values), (quantile(values, 0.75) - quantile(values, 0.25)) / 1.34);
  const width = 1.06 * spread * values.length ** -0.2; // Silverman's rule
  if (!(width > 0)) return residuals.map(() => turn);
  return residuals.map(residual =>
    delta < width / 10
      ? (turn * 2 * delta * normalDensity(residual / width)) / width
      : turn * normalBetween((residual - delta) / width, (residual + delta) / width),
  );
}

interface MeatParts {
  readonly jacobian: Float64Array;
}

function classicMeat(
  problem: Problem,
  { residuals, jacobian, rho }: MeatParts & { residuals: Float64Array; rho: Rho },
): Matrix {
  const { rows, size, weights } = problem;
  const variance = residuals.reduce((sum, residual, row) => sum + weights[row] * rho.slope(residual) ** 2, 0);
  return gram(jacobian, weights, size).mul(variance / Math.max(1, rows - size));
}

function sandwichMeat(
  { rows, size }: Problem,
  { jacobian, pulls, unit }: MeatParts & { pulls: Float64Array; unit: ParsedOptions['unit'] },
): Matrix {
  if (unit === null)
    return gram(
      jacobian,
      pulls.map(pull => pull * pull),
      size,
    ).mul(rows / Math.max(1, rows - size));
  const sums = new Map<number | string, Float64Array>();
  for (let row = 0; row < rows; row++) {
    const sum = sums.get(unit[row]) ?? new Float64Array(size);
    for (let j = 0; j < size; j++) sum[j] += pulls[row] * jacobian[row * size + j];
    sums.set(unit[row], sum);
  }
  const stacked = Float64Array.from([...sums.values()].flatMap(sum => [...sum]));
  const groups = sums.size;
  const factor = (groups / Math.max(1, groups - 1)) * ((rows - 1) / Math.max(1, rows - size));
  return gram(stacked, new Float64Array(groups).fill(1), size).mul(factor);
}

function invert(information: Matrix) {
  const size = information.rows;
  const diagonal = Float64Array.from(information.diagonal(), Math.sqrt);
  const largest = Math.max(...diagonal, Number.MIN_VALUE);
  const units = diagonal.map(value => Math.max(value, largest * 1e-12));
  const scaled = Matrix.zeros(size, size);
  for (let j = 0; j < size; j++)
    for (let k = 0; k < size; k++) scaled.set(j, k, information.get(j, k) / units[j] / units[k]);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(scaled, { assumeSymmetric: true });
  const top = Math.max(...realEigenvalues, Number.MIN_VALUE);
  const kept = realEigenvalues.map(value => Math.max(value, top * SMALLEST_SHARE));
  const inverse = eigenvectorMatrix.mmul(Matrix.diag(kept.map(value => 1 / value))).mmul(eigenvectorMatrix.transpose());
  const unscaled = Matrix.zeros(size, size);
  for (let j = 0; j < size; j++)
    for (let k = 0; k < size; k++) unscaled.set(j, k, inverse.get(j, k) / units[j] / units[k]);
  const least = eigenvectorMatrix.getColumn(kept.indexOf(Math.min(...kept)));
  const peak = Math.max(...least.map(Math.abs));
  return { inverse: unscaled, condition: top / Math.min(...kept), flat: Float64Array.from(least, v => v / peak) };
}

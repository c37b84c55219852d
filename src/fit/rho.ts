/** What is summed over the residuals, by name. Add one here and every search and covariance can use it. */
export const RHO_NAMES = ['squared', 'huber', 'asymmetric', 'cauchy', 'likelihood'] as const;

export type RhoName = (typeof RHO_NAMES)[number];

/** A function of the residual (predicted minus measured) and its derivatives, singly and by whole columns. */
export interface Rho {
  readonly name: Exclude<RhoName, 'likelihood'>;
  /** Where the function leaves the square; Infinity for the square itself. */
  readonly delta: number;
  /** Slope beyond delta on the side of predictions above the measured, over the slope on the other side. */
  readonly over: number;
  value(residual: number): number;
  /** First derivative. */
  slope(residual: number): number;
  /** Second derivative: 0 on a linear part, below 0 where the function bends back. */
  curvature(residual: number): number;
  /** Sum of weight * value. Columns at once: a call for every residual costs more than the arithmetic. */
  total(residuals: Float64Array, weights: Float64Array): number;
  /** Fills weight * slope and weight * curvature; returns the sum of weight * value. */
  derive(residuals: Float64Array, weights: Float64Array, pulls: Float64Array, bends: Float64Array): number;
}

const SQUARED: Rho = {
  name: 'squared',
  delta: Infinity,
  over: 1,
  value: residual => (residual * residual) / 2,
  slope: residual => residual,
  curvature: () => 1,
  total(residuals, weights) {
    let sum = 0;
    for (let row = 0, rows = residuals.length; row < rows; row++) sum += weights[row] * residuals[row] * residuals[row];
    return sum / 2;
  },
  derive(residuals, weights, pulls, bends) {
    for (let row = 0, rows = residuals.length; row < rows; row++) {
      pulls[row] = weights[row] * residuals[row];
      bends[row] = weights[row];
    }
    return SQUARED.total(residuals, weights);
  },
};

/** Huber's function: r^2 / 2 up to delta, delta (|r| - delta / 2) beyond. Agrees with scipy.special.huber. */
const huber = (delta: number): Rho => ({
  name: 'huber',
  delta,
  over: 1,
  value(residual) {
    const size = Math.abs(residual);
    return size <= delta ? (size * size) / 2 : delta * (size - delta / 2);
  },
  slope: residual => Math.min(delta, Math.max(-delta, residual)),
  curvature: residual => (Math.abs(residual) <= delta ? 1 : 0),
  total(residuals, weights) {
    let sum = 0;
    for (let row = 0, rows = residuals.length; row < rows; row++) {
      const size = Math.abs(residuals[row]);
      sum += weights[row] * (size <= delta ? (size * size) / 2 : delta * (size - delta / 2));
    }
    return sum;
  },
  derive(residuals, weights, pulls, bends) {
    let sum = 0;
    for (let row = 0, rows = residuals.length; row < rows; row++) {
      const residual = residuals[row];
      const weight = weights[row];
      const inside = residual <= delta && residual >= -delta;
      const slope = inside ? residual : residual > 0 ? delta : -delta;
      pulls[row] = weight * slope;
      bends[row] = inside ? weight : 0;
      sum += weight * slope * (residual - slope / 2); // the square or the line, by the same formula
    }
    return sum;
  },
});

/**
 * Absolute value, `over` times steeper where the prediction lies above the measurement: the fit follows the lower edge
 * of the points. The corner is rounded within delta, so that for a small delta the sum is that of kyo-takano's package
 * chinchilla (asymmetric_mae, w = 10).
 */
const asymmetric = (delta: number, over: number): Rho =>
  byRow({
    name: 'asymmetric',
    delta,
    over,
    value(residual) {
      const size = Math.abs(residual);
      const value = size <= delta ? (size * size) / (2 * delta) : size - delta / 2;
      return residual > 0 ? over * value : value;
    },
    slope: residual => (residual > 0 ? over : 1) * Math.min(1, Math.max(-1, residual / delta)),
    curvature: residual => (Math.abs(residual) <= delta ? (residual > 0 ? over : 1) / delta : 0),
  });

/** Cauchy's function delta^2 / 2 ln(1 + (r / delta)^2): rows far off hardly pull at all. As scipy's loss='cauchy'. */
const cauchy = (delta: number): Rho =>
  byRow({
    name: 'cauchy',
    delta,
    over: 1,
    value: residual => ((delta * delta) / 2) * Math.log1p((residual / delta) ** 2),
    slope: residual => residual / (1 + (residual / delta) ** 2),
    curvature(residual) {
      const square = (residual / delta) ** 2;
      return (1 - square) / (1 + square) ** 2;
    },
  });

/** The columns' routines from those of one residual. */
function byRow(one: Omit<Rho, 'total' | 'derive'>): Rho {
  return {
    ...one,
    total(residuals, weights) {
      let sum = 0;
      for (let row = 0, rows = residuals.length; row < rows; row++) sum += weights[row] * one.value(residuals[row]);
      return sum;
    },
    derive(residuals, weights, pulls, bends) {
      let sum = 0;
      for (let row = 0, rows = residuals.length; row < rows; row++) {
        pulls[row] = weights[row] * one.slope(residuals[row]);
        bends[row] = weights[row] * one.curvature(residuals[row]);
        sum += weights[row] * one.value(residuals[row]);
      }
      return sum;
    },
  };
}

/**
 * The function by name; `delta` counts for all but the square, `over` for the asymmetric alone. The likelihood's is
 * Huber's for a scale of 1: for another, delta is that many times larger.
 */
export function createRho(name: RhoName, delta: number, over = 1): Rho {
  if (name === 'squared') return SQUARED;
  if (name === 'asymmetric') return asymmetric(delta, over);
  return name === 'cauchy' ? cauchy(delta) : huber(delta);
}

/** The same function with another delta: the stages of a search. */
export const withDelta = ({ name, over }: Rho, delta: number): Rho => createRho(name, delta, over);

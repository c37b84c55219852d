import { inverse, Matrix } from 'ml-matrix';
import { type Columns, rowCount } from '../../base/index.js';
import type { Fit } from '../../fit/index.js';
import type { Law } from '../../law/index.js';

// What runs tell of a law's constants, near the constants that were fitted. A constant above 0 is taken by its logarithm,
// a response with residuals of logarithms too. Information is a matrix: the sum over runs of slope slope' / variance.

/** What is known of the constants: the inverse of the covariance, and the covariance. */
export interface Knowledge {
  readonly size: number;
  /** size x size. */
  readonly covariance: Float64Array;
}

/** Standard deviations that constants are believed to have before any run; see the doc of `knowledgeOf`. */
const PRIOR = { exponent: 0.15, asymptote: 0.2, scale: 3 } as const;

/**
 * Knowledge after a fit: that of its rows, whose scatter is the fit's, and a weak belief that keeps constants which the
 * rows do not identify from running away: exponents to 0.15, the logarithm of an asymptote E to 0.2, other logarithms to 3,
 * other constants to ten times themselves. The first two say how far fits to other corpora differ.
 */
export function knowledgeOf(fit: Fit, columns: Columns): Knowledge {
  const { law } = fit;
  const size = law.params.length;
  const information = new Float64Array(size * size);
  for (let i = 0; i < size; i++) information[i * size + i] = 1 / priorSd(fit, i) ** 2;
  const variance = noiseOf(fit) ** 2;
  for (let row = 0; row < rowCount(columns); row++) {
    const slope = slopeAt(
      fit,
      law.inputs.map(({ name }) => columns[name][row]),
    );
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) information[i * size + j] += (slope[i] * slope[j]) / variance;
  }
  return { size, covariance: invert(information, size) };
}

function priorSd({ law, params }: Fit, i: number): number {
  const { name, scale, min, max } = law.params[i];
  if (params[name].se === 0) return 1e-9; // held
  if (name === 'E') return scale === 'log' ? PRIOR.asymptote : PRIOR.asymptote * Math.max(params[name].value, 0.1);
  if (scale === 'log') return PRIOR.scale;
  const isExponent = min >= -5 && max <= 5;
  return isExponent ? PRIOR.exponent : Math.max(10 * Math.abs(params[name].value), PRIOR.exponent);
}

/** Standard deviation of one run about the law, in the unit of the residual. */
export const noiseOf = ({ metrics, rows, free }: Fit): number =>
  metrics.rmse * Math.sqrt(rows / Math.max(rows - free, 1));

/** d prediction / d constants at inputs, in the units of this file. */
export function slopeAt(
  { law, params, residual }: Pick<Fit, 'law' | 'params' | 'residual'>,
  inputs: ArrayLike<number>,
) {
  const values = law.params.map(({ name }) => params[name].value);
  const gradient = new Float64Array(values.length);
  const response = law.evaluate(values, inputs, gradient);
  for (let i = 0; i < values.length; i++) {
    if (law.params[i].scale === 'log') gradient[i] *= values[i];
    if (residual === 'log') gradient[i] /= response;
  }
  return gradient;
}

/** Variance of a linear function of the constants. */
export function varianceOf({ size, covariance }: Knowledge, slope: Float64Array): number {
  let total = 0;
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) total += slope[i] * covariance[i * size + j] * slope[j];
  return total;
}

/** covariance times slope. */
export function spreadOf({ size, covariance }: Knowledge, slope: Float64Array): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => {
    let total = 0;
    for (let j = 0; j < size; j++) total += covariance[i * size + j] * slope[j];
    return total;
  });
}

/** Knowledge after one more run. Source: Sherman and Morrison 1950. */
export function learn(knowledge: Knowledge, slope: Float64Array, noise: number): Knowledge {
  const { size, covariance } = knowledge;
  const spread = spreadOf(knowledge, slope);
  const denominator = noise ** 2 + slope.reduce((total, value, i) => total + value * spread[i], 0);
  return {
    size,
    covariance: covariance.map(
      (value, at) => value - (spread[Math.floor(at / size)] * spread[at % size]) / denominator,
    ),
  };
}

/** Of a symmetric matrix, scaled to ones on its diagonal first: constants differ by many powers of ten. */
function invert(matrix: Float64Array, size: number): Float64Array {
  const scales = Float64Array.from({ length: size }, (_, i) => Math.sqrt(matrix[i * size + i]));
  const scaled = Matrix.from1DArray(
    size,
    size,
    matrix.map((value, at) => value / scales[Math.floor(at / size)] / scales[at % size]),
  );
  const unscaled = inverse(scaled).to1DArray();
  return Float64Array.from(unscaled, (value, at) => value / scales[Math.floor(at / size)] / scales[at % size]);
}

/** Inputs of a law in its order, from their names. */
export const orderInputs = (law: Law, inputs: Readonly<Record<string, number>>): Float64Array =>
  Float64Array.from(law.inputs, ({ name }) => inputs[name]);

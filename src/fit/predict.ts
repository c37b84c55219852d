import { fail, outsideRange } from '../base/index.js';
import { parseInputs } from '../law/index.js';
import { studentTwoSided } from './distribution.js';
import type { Fit } from './fit.js';
import { checkKnown } from './options.js';

/** A predicted value and its interval. */
export interface Prediction {
  readonly value: number;
  readonly lo: number;
  readonly hi: number;
}

export interface PredictOptions {
  /** Coverage in (0, 1); default: the level of the fit. */
  readonly level?: number;
  /** true: the interval of a new measurement, with the scatter of the rows; false (default): of the law's value. */
  readonly noise?: boolean;
}

/**
 * Response at named inputs, with its interval by the delta method: the law's gradient through the covariance of the
 * fit. Where residuals are of logarithms the interval is symmetric in the logarithm, so it stays above 0.
 *
 * @example predictFit(fit, { N: 70e9, D: 1.4e12 }, { level: 0.9 })
 */
export function predictFit(
  fit: Fit,
  inputs: Readonly<Record<string, number>>,
  options: PredictOptions = {},
): Prediction {
  const { level, noise } = parsePredictOptions(fit, options);
  const { law, residual } = fit;
  const gradient = new Float64Array(law.params.length);
  const params = law.params.map(({ name }) => fit.params[name].value);
  const value = law.evaluate(params, parseInputs(law, inputs), gradient);
  const variance = lawVariance(fit, gradient);
  const freedom = fit.rows - fit.free;
  const scatter = noise ? (fit.metrics.rmse ** 2 * fit.rows) / freedom : 0;
  const reach = studentTwoSided(level, freedom);
  if (residual === 'linear') {
    const half = reach * Math.sqrt(variance + scatter);
    return { value, lo: value - half, hi: value + half };
  }
  const factor = Math.exp(reach * Math.sqrt(variance / value ** 2 + scatter));
  return { value, lo: value / factor, hi: value * factor };
}

/** Every option present and in range. */
export function parsePredictOptions(fit: Fit, options: PredictOptions): Required<PredictOptions> {
  const { level = fit.level, noise = false, ...unknown } = options;
  checkKnown('prediction option', Object.keys(unknown), ['level', 'noise']);
  if (!(level > 0 && level < 1)) fail(outsideRange('level', '(0, 1)', level));
  return { level, noise };
}

/** g' C g; names of the covariance are a part of the law's. */
function lawVariance({ law, covariance }: Fit, gradient: Float64Array): number {
  const slopes = covariance.names.map(name => gradient[law.params.findIndex(param => param.name === name)]);
  const sum = covariance.matrix.reduce(
    (outer, row, a) => outer + row.reduce((inner, entry, b) => inner + slopes[a] * entry * slopes[b], 0),
    0,
  );
  return Math.max(0, sum);
}

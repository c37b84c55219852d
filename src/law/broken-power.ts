import { extent } from 'simple-statistics';
import type { Law } from './law.js';

type Form = Pick<
  Law,
  'formula' | 'inputs' | 'response' | 'params' | 'residual' | 'linear' | 'ranges' | 'evaluate' | 'limits'
>;

/** Numbers 1 to `breaks`. */
const each = (breaks: number) => Array.from({ length: breaks }, (_, i) => i + 1);

/**
 * The parts of a power law whose exponent changes at a number of places:
 * a + b x^-c0 times, for each break i, (1 + (x / d_i)^(1 / f_i))^(-c_i f_i).
 *
 * Past d_i the exponent has grown by c_i; f_i is how wide the bend is (0: sharp). Parameters: a, b, c0, then c, d, f of
 * each break.
 */
export function brokenPower(breaks: number): Form {
  const bend = (i: number) => `(1 + (x / d${i})^(1 / f${i}))^(-c${i} * f${i})`;
  return {
    formula: `a + b * x^(-c0) * ${each(breaks).map(bend).join(' * ')}`,
    inputs: [
      {
        name: 'x',
        unit: 'any',
        meaning: 'what is scaled',
        positive: true,
        trend: 'either',
        drives: ['a', 'b', 'c0', ...each(breaks).flatMap(i => [`c${i}`, `d${i}`, `f${i}`])],
      },
    ],
    response: { name: 'loss', unit: 'nats per token, or an error' },
    params: [
      { name: 'a', min: -Infinity, max: Infinity, scale: 'linear', meaning: 'limit far out' },
      { name: 'b', min: 0, max: Infinity, scale: 'log', meaning: 'height above it at x = 1' },
      { name: 'c0', min: -5, max: 5, scale: 'linear', meaning: 'exponent before the first break' },
      ...each(breaks).flatMap(i => [
        { name: `c${i}`, min: -5, max: 5, scale: 'linear' as const, meaning: `change of exponent at break ${i}` },
        { name: `d${i}`, min: 0, max: Infinity, scale: 'log' as const, meaning: `where break ${i} is` },
        { name: `f${i}`, min: 1e-3, max: 10, scale: 'log' as const, meaning: `width of break ${i} in ln x` },
      ]),
    ],
    residual: 'log',
    linear: ['a', 'b'],
    ranges: ({ x }) => Object.fromEntries([['c0', [0, 1]], ...breakRanges(extent(Array.from(x)), breaks)]),
    evaluate(params, inputs, gradient) {
      const logX = Math.log(inputs[0]);
      let exponent = -params[2] * logX;
      for (let k = 3; k < params.length; k += 3) exponent -= params[k] * params[k + 2] * bent(params, k, logX);
      const power = Math.exp(exponent);
      const term = params[1] * power;
      if (gradient) {
        gradient[0] = 1;
        gradient[1] = power;
        gradient[2] = -term * logX;
        for (let k = 3; k < params.length; k += 3) {
          const z = (logX - Math.log(params[k + 1])) / params[k + 2];
          const past = 1 / (1 + Math.exp(-z));
          gradient[k] = -term * params[k + 2] * bent(params, k, logX);
          gradient[k + 1] = (term * params[k] * past) / params[k + 1];
          // The bend less past * z, written so that nothing cancels far from the break.
          const far = Math.exp(-Math.abs(z));
          gradient[k + 2] = -term * params[k] * (Math.log1p(far) + (Math.abs(z) * far) / (1 + far));
        }
      }
      return params[0] + term;
    },
    limits: [{ inputs: { x: 1e200 }, value: 'a' }],
  };
}

/** ln(1 + (x / d)^(1 / f)), also where the power itself is past the largest double: a sharp break far behind. */
function bent(params: ArrayLike<number>, k: number, logX: number): number {
  const z = (logX - Math.log(params[k + 1])) / params[k + 2];
  return z > 0 ? z + Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z));
}

/** Each break gets its own stretch of the data, so that two of them do not start out alike. */
function breakRanges([from, to]: readonly [number, number], breaks: number) {
  const step = (to / from) ** (1 / breaks);
  const reach = step > 1 ? step : 10;
  return each(breaks).flatMap(i => [
    [`c${i}`, [-1, 1]],
    [`d${i}`, [from * reach ** (i - 1), from * reach ** i]],
    [`f${i}`, [0.05, 2]],
  ]);
}

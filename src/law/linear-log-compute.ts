import type { Law } from './law.js';

/**
 * A downstream score as a straight line in the logarithm of compute: a + b log10(C).
 *
 * A rule of thumb for the steep middle of a benchmark; it knows neither chance nor a best score, so do not go far with it.
 */
export const linearLogCompute: Law = {
  name: 'linear-log-compute',
  title: 'Score linear in log compute',
  formula: 'a + b * log10(C)',
  inputs: [
    { name: 'C', unit: 'FLOPs', meaning: 'training compute', positive: true, trend: 'rises', drives: ['a', 'b'] },
  ],
  response: { name: 'score', unit: 'share of answers, or percent' },
  params: [
    { name: 'a', min: -Infinity, max: Infinity, scale: 'linear', meaning: 'score at C = 1, far outside the data' },
    { name: 'b', min: -Infinity, max: Infinity, scale: 'linear', meaning: 'score won with ten times the compute' },
  ],
  residual: 'linear',
  linear: ['a', 'b'],
  ranges: () => ({}),
  evaluate(params, inputs, gradient) {
    const decades = Math.log10(inputs[0]);
    if (gradient) {
      gradient[0] = 1;
      gradient[1] = decades;
    }
    return params[0] + params[1] * decades;
  },
  limits: [
    { inputs: { C: 1 }, value: 'a' },
    { inputs: { C: 10 }, value: 'a + b' },
  ],
  example: { params: { a: -1.1, b: 0.08 }, source: 'illustrative: 8 points a decade' },
  source: 'Owen 2024, arXiv 2401.04757, compares it with sigmoids on aggregate benchmarks',
};

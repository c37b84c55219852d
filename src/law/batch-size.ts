import type { Law } from './law.js';

/** The best batch, in tokens, for a training of D tokens: c D^b; the number of parameters hardly moves it. */
export const batchSize: Law = {
  name: 'batch-size',
  title: 'Best batch size',
  formula: 'c * D^b',
  inputs: [
    {
      name: 'D',
      unit: 'tokens',
      meaning: 'tokens seen in training',
      positive: true,
      trend: 'rises',
      drives: ['c', 'b'],
    },
  ],
  response: { name: 'batch', unit: 'tokens' },
  params: [
    { name: 'c', min: 0, max: Infinity, scale: 'log', meaning: 'batch at D = 1' },
    { name: 'b', min: -5, max: 5, scale: 'linear', meaning: 'exponent of D' },
  ],
  residual: 'log',
  linear: ['c'],
  ranges: () => ({ b: [-1, 2] }),
  evaluate(params, inputs, gradient) {
    const logD = Math.log(inputs[0]);
    const power = Math.exp(params[1] * logD);
    if (gradient) {
      gradient[0] = power;
      gradient[1] = params[0] * power * logD;
    }
    return params[0] * power;
  },
  limits: [{ inputs: { D: 1 }, value: 'c' }],
  example: { params: { c: 0.58, b: 0.571 }, source: 'Li 2025 (Step Law), arXiv 2503.04715 (recalled)' },
  source: 'Li 2025 (Step Law), arXiv 2503.04715',
};

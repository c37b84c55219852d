import type { Law } from './law.js';

/**
 * The best learning rate for N parameters and D tokens: c N^a D^b.
 *
 * Its rows are optima, one per (N, D), found beforehand as the lowest loss over a grid of rates and batches.
 */
export const learningRate: Law = {
  name: 'learning-rate',
  title: 'Best learning rate',
  formula: 'c * N^a * D^b',
  inputs: [
    {
      name: 'N',
      unit: 'parameters, embeddings left out',
      meaning: 'model size',
      positive: true,
      trend: 'falls',
      drives: ['c', 'a'],
    },
    {
      name: 'D',
      unit: 'tokens',
      meaning: 'tokens seen in training',
      positive: true,
      trend: 'rises',
      drives: ['c', 'b'],
    },
  ],
  response: { name: 'lr', unit: 'peak learning rate of Adam' },
  params: [
    { name: 'c', min: 0, max: Infinity, scale: 'log', meaning: 'rate at N = D = 1' },
    { name: 'a', min: -5, max: 5, scale: 'linear', meaning: 'exponent of N' },
    { name: 'b', min: -5, max: 5, scale: 'linear', meaning: 'exponent of D' },
  ],
  residual: 'log',
  linear: ['c'],
  ranges: () => ({ a: [-1.5, 0.5], b: [-1, 1] }),
  evaluate(params, inputs, gradient) {
    const [logN, logD] = [Math.log(inputs[0]), Math.log(inputs[1])];
    const power = Math.exp(params[1] * logN + params[2] * logD);
    const response = params[0] * power;
    if (gradient) {
      gradient[0] = power;
      gradient[1] = response * logN;
      gradient[2] = response * logD;
    }
    return response;
  },
  limits: [{ inputs: { N: 1, D: 1 }, value: 'c' }],
  example: { params: { c: 1.79, a: -0.713, b: 0.307 }, source: 'Li 2025 (Step Law), arXiv 2503.04715 (recalled)' },
  source: 'Li 2025 (Step Law), arXiv 2503.04715',
};

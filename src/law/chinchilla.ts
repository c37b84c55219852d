import type { Law } from './law.js';

/**
 * Loss as an asymptote plus one power of the parameters plus one power of the tokens.
 *
 * N counts all parameters, as Hoffmann 2022 does; use the same count to fit and to predict.
 */
export const chinchilla: Law = {
  name: 'chinchilla',
  title: 'Hoffmann: parameters and tokens',
  formula: 'E + A / N^alpha + B / D^beta',
  inputs: [
    {
      name: 'N',
      unit: 'parameters',
      meaning: 'model size',
      positive: true,
      trend: 'falls',
      drives: ['A', 'alpha'],
    },
    {
      name: 'D',
      unit: 'tokens',
      meaning: 'tokens seen in training',
      positive: true,
      trend: 'falls',
      drives: ['B', 'beta'],
    },
  ],
  response: { name: 'loss', unit: 'nats per token' },
  params: [
    { name: 'E', min: 0, max: Infinity, scale: 'linear', meaning: 'irreducible loss' },
    { name: 'A', min: 0, max: Infinity, scale: 'log', meaning: 'loss for want of parameters, at N = 1' },
    { name: 'B', min: 0, max: Infinity, scale: 'log', meaning: 'loss for want of tokens, at D = 1' },
    { name: 'alpha', min: 0, max: 5, scale: 'linear', meaning: 'exponent of N' },
    { name: 'beta', min: 0, max: 5, scale: 'linear', meaning: 'exponent of D' },
  ],
  residual: 'log',
  linear: ['E', 'A', 'B'],
  ranges: () => ({ alpha: [0.05, 1], beta: [0.05, 1] }),
  evaluate(params, inputs, gradient) {
    // exp(-alpha ln N) costs a third of a power, and the gradient needs the logarithm anyway.
    const logN = Math.log(inputs[0]);
    const logD = Math.log(inputs[1]);
    const shrinkN = Math.exp(-params[3] * logN);
    const shrinkD = Math.exp(-params[4] * logD);
    if (gradient) {
      gradient[0] = 1;
      gradient[1] = shrinkN;
      gradient[2] = shrinkD;
      gradient[3] = -params[1] * shrinkN * logN;
      gradient[4] = -params[2] * shrinkD * logD;
    }
    return params[0] + params[1] * shrinkN + params[2] * shrinkD;
  },
  limits: [
    { inputs: { N: 1e200, D: 1e200 }, value: 'E' },
    { inputs: { N: 1e200, D: 1 }, value: 'E + B' },
  ],
  example: {
    params: { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 },
    source: 'Hoffmann 2022, arXiv 2203.15556, equation 10',
  },
  source: 'Hoffmann 2022, arXiv 2203.15556, approach 3',
};

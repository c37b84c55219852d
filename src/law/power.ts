import type { Law } from './law.js';

/**
 * One power over an asymptote: loss against any single axis (parameters, tokens, FLOPs, seconds).
 *
 * Best on runs that are compute-optimal, with x their FLOPs.
 */
export const power: Law = {
  name: 'power',
  title: 'Power law over an asymptote',
  formula: 'E + A / x^alpha',
  inputs: [
    {
      name: 'x',
      unit: 'any',
      meaning: 'what is scaled',
      positive: true,
      trend: 'falls',
      drives: ['E', 'A', 'alpha'],
    },
  ],
  response: { name: 'loss', unit: 'nats per token' },
  params: [
    { name: 'E', min: 0, max: Infinity, scale: 'linear', meaning: 'irreducible loss' },
    { name: 'A', min: 0, max: Infinity, scale: 'log', meaning: 'reducible loss at x = 1' },
    { name: 'alpha', min: 0, max: 5, scale: 'linear', meaning: 'exponent of x' },
  ],
  residual: 'log',
  linear: ['E', 'A'],
  ranges: () => ({ alpha: [0.02, 1] }),
  evaluate(params, inputs, gradient) {
    const logX = Math.log(inputs[0]);
    const shrink = Math.exp(-params[2] * logX);
    if (gradient) {
      gradient[0] = 1;
      gradient[1] = shrink;
      gradient[2] = -params[1] * shrink * logX;
    }
    return params[0] + params[1] * shrink;
  },
  limits: [{ inputs: { x: 1e200 }, value: 'E' }],
  example: { params: { E: 0, A: 2.658, alpha: 0.05 }, source: 'Kaplan 2020: (3.1e8 / C)^0.050, C in PF-days' },
  source: 'Hestness 2017, arXiv 1712.00409; Henighan 2020, arXiv 2010.14701',
};

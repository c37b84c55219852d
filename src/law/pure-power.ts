import type { Law } from './law.js';

/**
 * One power without an asymptote: a straight line in logarithms.
 *
 * Whatever the data, it forecasts that loss falls for ever; use it for quantities that do (optima, times), or to see
 * what an asymptote buys.
 */
export const purePower: Law = {
  name: 'pure-power',
  title: 'Power law',
  formula: 'A / x^alpha',
  inputs: [
    { name: 'x', unit: 'any', meaning: 'what is scaled', positive: true, trend: 'falls', drives: ['A', 'alpha'] },
  ],
  response: { name: 'loss', unit: 'nats per token' },
  params: [
    { name: 'A', min: 0, max: Infinity, scale: 'log', meaning: 'loss at x = 1' },
    { name: 'alpha', min: -5, max: 5, scale: 'linear', meaning: 'exponent of x; below 0 the response grows' },
  ],
  residual: 'log',
  linear: ['A'],
  ranges: () => ({ alpha: [-1, 1] }),
  evaluate(params, inputs, gradient) {
    const logX = Math.log(inputs[0]);
    const shrink = Math.exp(-params[1] * logX);
    if (gradient) {
      gradient[0] = shrink;
      gradient[1] = -params[0] * shrink * logX;
    }
    return params[0] * shrink;
  },
  limits: [
    { inputs: { x: 1e200 }, value: '0' },
    { inputs: { x: 1 }, value: 'A' },
  ],
  example: { params: { A: 2.658, alpha: 0.05 }, source: 'Kaplan 2020: (3.1e8 / C)^0.050, C in PF-days' },
  source: 'Hestness 2017, arXiv 1712.00409; Kaplan 2020, arXiv 2001.08361',
};

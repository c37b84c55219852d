import type { Law } from './law.js';

/**
 * Loss at C FLOPs spent with M tokens a parameter: E + (a M^eta + b M^-eta) C^-eta.
 *
 * It is the law of N and D with both exponents equal (2 eta), in the coordinates of a budget: at C = 6 N D the loss is
 * lowest at M = (b / a)^(1 / (2 eta)), and both ways from there it rises at the same rate in ln M.
 */
export const overTraining: Law = {
  name: 'over-training',
  title: 'Gadre: compute and tokens a parameter',
  formula: 'E + (a * M^eta + b * M^(-eta)) * C^(-eta)',
  inputs: [
    { name: 'C', unit: 'FLOPs', meaning: 'training compute', positive: true, trend: 'falls', drives: ['E', 'eta'] },
    { name: 'M', unit: 'tokens a parameter', meaning: 'D / N', positive: true, trend: 'either', drives: ['a', 'b'] },
  ],
  response: { name: 'loss', unit: 'nats per token' },
  params: [
    { name: 'E', min: 0, max: Infinity, scale: 'linear', meaning: 'irreducible loss' },
    { name: 'a', min: 0, max: Infinity, scale: 'log', meaning: 'loss for want of parameters, at C = M = 1' },
    { name: 'b', min: 0, max: Infinity, scale: 'log', meaning: 'loss for want of tokens, at C = M = 1' },
    { name: 'eta', min: 0, max: 5, scale: 'linear', meaning: 'exponent of C, and of M both ways' },
  ],
  residual: 'log',
  linear: ['E', 'a', 'b'],
  ranges: () => ({ eta: [0.02, 0.6] }),
  evaluate(params, inputs, gradient) {
    const [logC, logM] = [Math.log(inputs[0]), Math.log(inputs[1])];
    const few = Math.exp(params[3] * (logM - logC));
    const many = Math.exp(-params[3] * (logM + logC));
    if (gradient) {
      gradient[0] = 1;
      gradient[1] = few;
      gradient[2] = many;
      gradient[3] = params[1] * few * (logM - logC) - params[2] * many * (logM + logC);
    }
    return params[0] + params[1] * few + params[2] * many;
  },
  limits: [{ inputs: { C: 1e200, M: 1 }, value: 'E' }],
  example: {
    params: { E: 1.51, a: 141, b: 190, eta: 0.121 },
    source: 'Gadre 2024, arXiv 2403.08540, trained and evaluated on C4 (recalled)',
  },
  source: 'Gadre 2024, arXiv 2403.08540, equation 4',
};

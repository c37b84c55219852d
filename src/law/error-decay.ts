import { extent } from 'simple-statistics';
import type { Law } from './law.js';

/**
 * Downstream error as a falling exponential of the upstream loss, below the error of guessing:
 * epsilon - k exp(-gamma L).
 *
 * The error rises with the loss towards epsilon. A single task rarely follows it; an average over many does.
 */
export const errorDecay: Law = {
  name: 'error-decay',
  title: 'Gadre: downstream error from the loss',
  formula: 'epsilon - k * exp(-gamma * L)',
  inputs: [
    {
      name: 'L',
      unit: 'nats per token',
      meaning: 'upstream loss',
      positive: false,
      trend: 'rises',
      drives: ['epsilon', 'k', 'gamma'],
    },
  ],
  response: { name: 'error', unit: 'share of answers' },
  params: [
    { name: 'epsilon', min: -Infinity, max: Infinity, scale: 'linear', meaning: 'error at high loss: guessing' },
    { name: 'k', min: 0, max: Infinity, scale: 'log', meaning: 'error won at a loss of 0' },
    { name: 'gamma', min: 0, max: Infinity, scale: 'log', meaning: 'rate, per unit of loss' },
  ],
  residual: 'linear',
  linear: ['epsilon', 'k'],
  ranges({ L }) {
    const [from, to] = extent(Array.from(L));
    const width = to - from || 1;
    return { gamma: [0.05 / width, 10 / width] };
  },
  evaluate(params, inputs, gradient) {
    const share = Math.exp(-params[2] * inputs[0]);
    if (gradient) {
      gradient[0] = 1;
      gradient[1] = -share;
      gradient[2] = params[1] * share * inputs[0];
    }
    return params[0] - params[1] * share;
  },
  limits: [{ inputs: { L: 1e3 }, value: 'epsilon' }],
  example: {
    params: { epsilon: 0.85, k: 2.08, gamma: 0.756 },
    source: 'Gadre 2024, arXiv 2403.08540, average over 17 tasks, C4 (recalled)',
  },
  source: 'Gadre 2024, arXiv 2403.08540, equation 5',
};

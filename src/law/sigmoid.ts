import { max, min } from 'simple-statistics';
import type { Law } from './law.js';

/**
 * A downstream score as a falling S-curve of the upstream loss, between two levels.
 *
 * The OLMo ladder writes a / (1 + exp(-k (x - x0))) + b with a below 0: there hi = b and lo = a + b. The levels are
 * named here, since each can be known beforehand: lo is chance, hi is the best possible score.
 */
export const sigmoid: Law = {
  name: 'sigmoid',
  title: 'Score as a sigmoid of the loss',
  formula: 'lo + (hi - lo) / (1 + exp(k * (L - L0)))',
  inputs: [
    {
      name: 'L',
      unit: 'nats per token, or bits per byte of the task',
      meaning: 'upstream loss',
      positive: false,
      trend: 'falls',
      drives: ['lo', 'hi', 'k', 'L0'],
    },
  ],
  response: { name: 'score', unit: 'share of answers, or percent' },
  params: [
    { name: 'lo', min: -Infinity, max: Infinity, scale: 'linear', meaning: 'score at high loss: chance' },
    { name: 'hi', min: -Infinity, max: Infinity, scale: 'linear', meaning: 'score at low loss' },
    { name: 'k', min: 0, max: Infinity, scale: 'log', meaning: 'steepness, per unit of loss' },
    { name: 'L0', min: -Infinity, max: Infinity, scale: 'linear', meaning: 'loss half-way between the levels' },
  ],
  residual: 'linear',
  linear: ['lo', 'hi'],
  ranges({ L }) {
    const [from, to] = [min(Array.from(L)), max(Array.from(L))];
    const width = to - from || 1;
    return { k: [1 / width, 40 / width], L0: [from - width / 2, to] };
  },
  evaluate(params, inputs, gradient) {
    const [lo, hi, k, middle] = [params[0], params[1], params[2], params[3]];
    const share = 1 / (1 + Math.exp(k * (inputs[0] - middle)));
    if (gradient) {
      const slope = (hi - lo) * share * (1 - share);
      gradient[0] = 1 - share;
      gradient[1] = share;
      gradient[2] = -slope * (inputs[0] - middle);
      gradient[3] = slope * k;
    }
    return lo + (hi - lo) * share;
  },
  limits: [
    { inputs: { L: 1e3 }, value: 'lo' },
    { inputs: { L: -1e3 }, value: 'hi' },
  ],
  example: { params: { lo: 0.25, hi: 0.95, k: 6, L0: 0.8 }, source: 'illustrative: four choices, bits per byte' },
  source: 'Bhagia 2024 (OLMo ladder), arXiv 2412.04403, step 2; Dubey 2024 (Llama 3), section 3.2.1',
};

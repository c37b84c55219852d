import { extent } from 'simple-statistics';
import type { Law } from './law.js';

/**
 * The sigmoid of the loss with a term for shape: at equal loss, does a deeper model score better?
 *
 * s is any number of the shape, such as the logarithm of its depth; g says by how much the score's logit moves with it,
 * and g = 0 is the plain `sigmoid`. Tay 2022 claims that shape matters downstream beyond the loss; here that is the
 * claim that g is not 0. Judge it by leaving out whole shapes: checkpoints of one run share their error.
 */
export const sigmoidShape: Law = {
  name: 'sigmoid-shape',
  title: 'Score as a sigmoid of the loss and a number of the shape',
  formula: 'lo + (hi - lo) / (1 + exp(k * (L - L0) - g * s))',
  inputs: [
    {
      name: 'L',
      unit: 'nats per token, or bits per byte of the task',
      meaning: 'upstream loss',
      positive: false,
      trend: 'falls',
      drives: ['lo', 'hi', 'k', 'L0'],
    },
    { name: 's', unit: 'any', meaning: 'a number of the shape', positive: false, trend: 'either', drives: ['g'] },
  ],
  response: { name: 'score', unit: 'share of answers, or percent' },
  params: [
    { name: 'lo', min: -Infinity, max: Infinity, scale: 'linear', meaning: 'score at high loss: chance' },
    { name: 'hi', min: -Infinity, max: Infinity, scale: 'linear', meaning: 'score at low loss' },
    { name: 'k', min: 0, max: Infinity, scale: 'log', meaning: 'steepness, per unit of loss' },
    {
      name: 'L0',
      min: -Infinity,
      max: Infinity,
      scale: 'linear',
      meaning: 'loss half-way between the levels, at s = 0',
    },
    { name: 'g', min: -Infinity, max: Infinity, scale: 'linear', meaning: 'logit of the score per unit of s' },
  ],
  residual: 'linear',
  linear: ['lo', 'hi'],
  ranges({ L, s }) {
    const [from, to] = extent(Array.from(L));
    const [least, most] = extent(Array.from(s));
    const width = to - from || 1;
    const reach = 1 / (most - least || 1);
    return { k: [1 / width, 40 / width], L0: [from - width / 2, to], g: [-reach, reach] };
  },
  evaluate(params, inputs, gradient) {
    const [lo, hi, k, middle, g] = [params[0], params[1], params[2], params[3], params[4]];
    const share = 1 / (1 + Math.exp(k * (inputs[0] - middle) - g * inputs[1]));
    if (gradient) {
      const slope = (hi - lo) * share * (1 - share);
      gradient[0] = 1 - share;
      gradient[1] = share;
      gradient[2] = -slope * (inputs[0] - middle);
      gradient[3] = slope * k;
      gradient[4] = slope * inputs[1];
    }
    return lo + (hi - lo) * share;
  },
  limits: [
    { inputs: { L: 1e3, s: 0 }, value: 'lo' },
    { inputs: { L: -1e3, s: 0 }, value: 'hi' },
  ],
  example: {
    params: { lo: 0.25, hi: 0.95, k: 6, L0: 0.8, g: 0.1 },
    source: 'illustrative: four choices, bits per byte, s = ln depth',
  },
  source: 'Tay 2022, arXiv 2109.10686, finding 1, as a term of the sigmoid of Bhagia 2024, arXiv 2412.04403',
};

import type { Law } from './law.js';
import { powerSum } from './power-sum.js';

/**
 * Loss as an asymptote plus one power each of width, depth and tokens; size enters through width and depth alone.
 *
 * Of the laws that need no outside knowledge it forecasts the Gemstones runs best (median error 1.2 % at ten times the
 * compute, 4.7 % for parameters and tokens), though there its asymptote runs to 0: the loss beyond the data is not known.
 */
export const wdt: Law = {
  name: 'wdt',
  title: 'Gemstones: width, depth and tokens',
  ...powerSum([
    { input: { name: 'width', unit: 'd_model', meaning: 'width' }, scale: 'A_width', exponent: 'alpha_width' },
    { input: { name: 'depth', unit: 'layers', meaning: 'depth' }, scale: 'A_depth', exponent: 'alpha_depth' },
    { input: { name: 'D', unit: 'tokens', meaning: 'tokens' }, scale: 'A_D', exponent: 'alpha_D' },
  ]),
  response: { name: 'loss', unit: 'nats per token' },
  residual: 'log',
  example: {
    params: {
      E: 0,
      A_width: 8.285,
      A_depth: 2.077,
      A_D: 79446,
      alpha_width: 0.2607,
      alpha_depth: 0.1416,
      alpha_D: 0.5309,
    },
    source: 'the 770 Gemstones runs, Huber 0.001 on log residuals: objective 0.0038782172, E on its bound',
  },
  source: 'McLeish 2025 (Gemstones), arXiv 2502.06857, without the term in parameters',
};

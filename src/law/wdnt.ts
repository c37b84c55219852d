import type { Law } from './law.js';
import { powerSum } from './power-sum.js';

/**
 * Loss as an asymptote plus one power each of width, depth, parameters and tokens: shape beside size.
 *
 * Its nine constants have the best objective on the Gemstones runs and lose to `wdt` on larger ones: an in-sample win
 * is no forecast. Width is d_model, depth the number of layers, N counts all parameters.
 */
export const wdnt: Law = {
  name: 'wdnt',
  title: 'Gemstones: width, depth, parameters and tokens',
  ...powerSum([
    { input: { name: 'width', unit: 'd_model', meaning: 'width' }, scale: 'A_width', exponent: 'alpha_width' },
    { input: { name: 'depth', unit: 'layers', meaning: 'depth' }, scale: 'A_depth', exponent: 'alpha_depth' },
    { input: { name: 'N', unit: 'parameters', meaning: 'parameters' }, scale: 'A_N', exponent: 'alpha_N' },
    { input: { name: 'D', unit: 'tokens', meaning: 'tokens' }, scale: 'A_D', exponent: 'alpha_D' },
  ]),
  response: { name: 'loss', unit: 'nats per token' },
  residual: 'log',
  example: {
    params: {
      E: 1.4858,
      A_width: 2.925,
      A_depth: 0.8108,
      A_N: 500.8,
      A_D: 44360,
      alpha_width: 0.2053,
      alpha_depth: 0.4747,
      alpha_N: 0.372,
      alpha_D: 0.5031,
    },
    source: 'the 770 Gemstones runs, Huber 0.001 on log residuals: objective 0.0026427312',
  },
  source: 'McLeish 2025 (Gemstones), arXiv 2502.06857',
};

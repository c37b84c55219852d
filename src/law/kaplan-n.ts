import { kaplanAxis } from './kaplan-axis.js';
import type { Law } from './law.js';

/**
 * Loss of models trained to convergence on enough data: (N_c / N)^alpha_N.
 *
 * N leaves the embeddings out, as Kaplan 2020 does. The same curve as `pure-power`, with its constants as published.
 */
export const kaplanN: Law = {
  name: 'kaplan-n',
  title: 'Kaplan: parameters',
  ...kaplanAxis({ input: 'N', unit: 'parameters, embeddings left out', meaning: 'model size' }),
  example: { params: { N_c: 8.8e13, alpha_N: 0.076 }, source: 'Kaplan 2020, equation 1.1' },
  source: 'Kaplan 2020, arXiv 2001.08361, equation 1.1',
};

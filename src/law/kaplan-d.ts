import { kaplanAxis } from './kaplan-axis.js';
import type { Law } from './law.js';

/** Loss of large models stopped early on D tokens: (D_c / D)^alpha_D. */
export const kaplanD: Law = {
  name: 'kaplan-d',
  title: 'Kaplan: tokens',
  ...kaplanAxis({ input: 'D', unit: 'tokens', meaning: 'size of the data set' }),
  example: { params: { D_c: 5.4e13, alpha_D: 0.095 }, source: 'Kaplan 2020, equation 1.2' },
  source: 'Kaplan 2020, arXiv 2001.08361, equation 1.2',
};

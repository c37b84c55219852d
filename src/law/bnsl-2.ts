import { brokenPower } from './broken-power.js';
import type { Law } from './law.js';

/** The same with two breaks; nine constants, so it wants many points on each stretch. */
export const bnsl2: Law = {
  name: 'bnsl-2',
  title: 'Broken power law, two breaks',
  ...brokenPower(2),
  example: {
    params: { a: 0.5, b: 20, c0: 0.05, c1: 0.2, d1: 1e8, f1: 0.5, c2: -0.1, d2: 1e11, f2: 0.8 },
    source: 'illustrative',
  },
  source: 'Caballero 2022 (BNSL), arXiv 2210.14891, equation 1, n = 2',
};

import { brokenPower } from './broken-power.js';
import type { Law } from './law.js';

/** A power law over an asymptote whose exponent changes once: a first and a later slope, or a fall after a plateau. */
export const bnsl1: Law = {
  name: 'bnsl-1',
  title: 'Broken power law, one break',
  ...brokenPower(1),
  example: { params: { a: 0.5, b: 20, c0: 0.05, c1: 0.2, d1: 1e9, f1: 0.5 }, source: 'illustrative' },
  source: 'Caballero 2022 (BNSL), arXiv 2210.14891, equation 1, n = 1',
};

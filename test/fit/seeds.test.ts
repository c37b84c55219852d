import test from 'ava';
import { fitLaw } from '../../src/fit/index.js';
import { findLaw } from '../../src/law/index.js';
import { loadPublishedFits } from './published-fits.js';

// Seeds 1 to 20 of each: node --import ./register.mjs bench/fit-seeds.ts
const SEEDS = [1, 2];

for (const { name, law, columns, options, best, tolerance } of await loadPublishedFits())
  test(`${name}: fitLaw() reaches the best objective known from every seed`, t => {
    const fits = SEEDS.map(seed => fitLaw(columns, findLaw(law), { ...options, seed }));
    const goal = best ?? Math.min(...fits.map(fit => fit.objective));
    for (const { objective, status } of fits) {
      t.true(objective <= goal * (1 + tolerance), `${objective}`);
      t.not(status, 'maxIterations');
    }
  });

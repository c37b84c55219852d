import { type Columns, createRandom } from '../../src/base/index.js';
import { findLaw, predictLaw } from '../../src/law/index.js';
import type { PlanStage, ShapeSpace } from '../../src/plan/index.js';

/** Constants as published in arXiv 2404.10102 (Besiroglu). */
export const BESIROGLU = { E: 1.8172, A: 482.01, B: 2085.43, alpha: 0.3478, beta: 0.3658 };

/** Runs of a known law with 0.3 % scatter, over three decades of N and of D. */
export function chinchillaRuns(): Columns {
  const law = findLaw('chinchilla');
  const random = createRandom(5);
  const places = [1e6, 4e6, 2e7, 1e8, 1e9].flatMap(N => [1e8, 6e8, 4e9, 2e10, 1e11].map(D => ({ N, D })));
  const column = (value: (place: { N: number; D: number }) => number) => Float64Array.from(places, value);
  return {
    N: column(({ N }) => N),
    D: column(({ D }) => D),
    loss: column(place => predictLaw(law, BESIROGLU, place) * Math.exp(0.003 * random.normal())),
  };
}

export const STAGE: PlanStage = {
  columns: chinchillaRuns(),
  law: findLaw('chinchilla'),
  options: { starts: 8 },
  prior: 'none',
};

/** 432 shapes without regular steps, so that a swapped number cannot pass. */
export const TINY_SPACE: ShapeSpace = {
  num_layers: [2, 3, 5, 11],
  num_decoder_layers: [1, 4, 7],
  d_model: [128, 192, 320],
  ffRatio: [2, 3],
  d_kv: [16, 32],
  innerRatio: [0.5, 1, 2],
  vocab_size: 3001,
};

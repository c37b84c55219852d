import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { findLaw, predictLaw } from '../../src/law/index.js';
import { computeOptimum } from '../../src/plan/index.js';

// constants as published in arXiv 2404.10102 (Besiroglu) and arXiv 2203.15556 (Hoffmann)
const BESIROGLU = { E: 1.8172, A: 482.01, B: 2085.43, alpha: 0.3478, beta: 0.3658 };
const HOFFMANN = { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 };
const CHINCHILLA_FLOPS = 5.76e23; // Gopher's budget, which trained Chinchilla (70B, 1.4T tokens)

test("computeOptimum(Besiroglu's constants) is near Chinchilla's own 20 tokens a parameter", t => {
  const { N, D } = computeOptimum(BESIROGLU, CHINCHILLA_FLOPS);
  t.true(D / N > 15 && D / N < 30, String(D / N));
  t.true(N > 50e9 && N < 85e9, String(N));
});

test("computeOptimum(Hoffmann's printed constants) asks for far more tokens than Chinchilla saw", t => {
  const { N, D } = computeOptimum(HOFFMANN, CHINCHILLA_FLOPS);
  t.true(D / N > 60, String(D / N));
});

test('no other split of the budget has a lower loss', t => {
  const chinchilla = findLaw('chinchilla');
  for (const flops of [1e18, 1e21, 1e24]) {
    const { N, D } = computeOptimum(BESIROGLU, flops);
    const best = predictLaw(chinchilla, BESIROGLU, { N, D });
    for (const factor of [0.9, 0.99, 1.01, 1.1])
      t.true(predictLaw(chinchilla, BESIROGLU, { N: N * factor, D: D / factor }) > best);
  }
});

test('computeOptimum() refuses constants without an optimum', t => {
  t.throws(() => computeOptimum({ ...BESIROGLU, A: 0 }, 1e20), {
    instanceOf: InputError,
    message: /^A must be a positive number/,
  });
});

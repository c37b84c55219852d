import test from 'ava';
import { learningRates } from '../../src/trainer/index.js';
import { rateShare } from '../../src/trainer/recipe.js';
import { NANO } from './nano.js';

test('rateShare() rises, stays and falls to nearly nothing', t => {
  const share = (step: number) => rateShare(step, step / 1000);
  t.deepEqual([share(0), share(24), share(49), share(500), share(799)], [1 / 50, 0.5, 1, 1, 1]);
  t.true(Math.abs(share(900) - 0.5) < 1e-12);
  t.true(share(999) > 0 && share(999) < 0.01);
});

test('rateShare() warms up for a tenth of a short run', t => {
  t.is(rateShare(2, 2 / 20), 1);
});

test('learningRates() gives the recipe at d_model 64 and less to wider and deeper shapes', t => {
  const hidden = (d_model: number, layers: number) =>
    learningRates({ ...NANO, d_model, num_layers: layers, num_decoder_layers: layers }).hidden;
  t.is(hidden(64, 2), 3e-3);
  t.is(hidden(256, 2), 1.5e-3);
  t.is(hidden(64, 8), 1.5e-3);
});

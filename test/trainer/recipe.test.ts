import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { learningRates, type OptimizerName, recipeOf } from '../../src/trainer/index.js';
import { checkOptimizer } from '../../src/trainer/recipe.js';
import { NANO } from './nano.js';

test('learningRates() gives the recipe at d_model 64 and less to wider and deeper shapes', t => {
  const hidden = (d_model: number, layers: number) =>
    learningRates({ ...NANO, d_model, num_layers: layers, num_decoder_layers: layers }).hidden;
  t.is(hidden(64, 2), 3e-3);
  t.is(hidden(256, 2), 1.5e-3);
  t.is(hidden(64, 8), 1.5e-3);
});

test('recipeOf(adam) rises, stays and falls, with rates by group and a clipped gradient', t => {
  const { schedule, rates, clip } = recipeOf('adam', NANO);
  t.like(schedule, { name: 'wsd', rises: true });
  t.deepEqual(rates, learningRates(NANO));
  t.is(clip, 1);
});

test("recipeOf(adafactor) is T5's: inverse square root without a rise, one relative rate, no clipping of the whole", t => {
  const { schedule, rates, clip } = recipeOf('adafactor', NANO);
  t.like(schedule, { name: 'inverse-square-root', rises: false });
  t.is(new Set(Object.values(rates)).size, 1);
  t.is(clip, null);
});

test('recipeOf() takes another schedule', t => t.is(recipeOf('adafactor', NANO, 'wsd').schedule.name, 'wsd'));

test('checkOptimizer() refuses what is no optimiser in one line', t => {
  t.throws(() => checkOptimizer('sgd' as OptimizerName), {
    instanceOf: InputError,
    message: /^unknown optimizer "sgd".*known: adam, adafactor/,
  });
});

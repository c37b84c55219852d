import test from 'ava';
import { budgetCurve, type PlanOptions, shapeGrid, solvePlan } from '../../src/plan/index.js';
import { STAGE, TINY_SPACE } from './runs.js';

const OPTIONS: PlanOptions = {
  stage: STAGE,
  space: TINY_SPACE,
  workload: { batch: 8, encLen: 96, decLen: 24 },
  replicates: 20,
  budget: { flops: 3e16 },
};

test('budgetCurve() passes through the plan, and falls', t => {
  const curve = budgetCurve(OPTIONS, [0.5, 1, 2]);
  const [less, same, more] = curve.map(({ planned }) => planned.loss.value);
  t.is(same, solvePlan(OPTIONS).choice.loss.value);
  t.true(less > same && same > more);
});

test('shapeGrid() has one cell for each depth and width, and the choice in the best', t => {
  const { choice } = solvePlan(OPTIONS);
  const grid = shapeGrid(OPTIONS);
  t.is(grid.length, 9 * 3); // 3, 4, 6, 7, 9, 10, 12, 15 or 18 layers, and 3 widths
  const best = grid.reduce((a, b) => (b.loss < a.loss ? b : a));
  t.is(best.loss, choice.loss.value);
  t.is(best.width, choice.shape.d_model);
  t.is(best.layers, choice.shape.num_layers + choice.shape.num_decoder_layers);
});

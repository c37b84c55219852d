import test from 'ava';
import { createRandom, InputError } from '../../src/base/index.js';
import { findLaw, predictLaw } from '../../src/law/index.js';
import { type PlanOptions, type PlanStage, solvePlan } from '../../src/plan/index.js';
import { STAGE, TINY_SPACE } from './runs.js';

/** Scores that follow the loss and, by g, the logarithm of the encoder's depth. */
function scores(g: number): PlanStage {
  const law = findLaw('sigmoid-shape');
  const random = createRandom(9);
  const places = [3, 3.3, 3.6, 4, 4.5, 5, 5.6, 6.3].flatMap(L =>
    [1, 2, 4, 8, 16].map(layers => ({ L, s: Math.log(layers) })),
  );
  const params = { lo: 0.25, hi: 0.9, k: 1.5, L0: 4, g };
  return {
    columns: {
      L: Float64Array.from(places, ({ L }) => L),
      s: Float64Array.from(places, ({ s }) => s),
      score: Float64Array.from(places, place => predictLaw(law, params, place) + 0.003 * random.normal()),
    },
    law,
    options: { starts: 8 },
    derived: { s: { inputs: ['num_layers'], evaluate: values => Math.log(values[0]) } },
  };
}

const OPTIONS: PlanOptions = {
  stage: STAGE,
  space: TINY_SPACE,
  workload: { batch: 8, encLen: 96, decLen: 24 },
  replicates: 40,
  budget: { flops: 3e16 },
};

test('a score that likes depth picks another shape than the loss, and the plan says that they disagree', t => {
  const plan = solvePlan({ ...OPTIONS, downstream: scores(0.4) });
  const { downstream, choice } = plan;
  t.is(downstream!.agreement, 'apart');
  t.is(downstream!.choice.shape.num_layers, 11);
  t.true(downstream!.choice.score!.value > choice.score!.value);
  t.true(downstream!.choice.behind.score!.lo > 0 && downstream!.choice.behind.loss.value > 0);
  t.regex(
    downstream!.text,
    /^by score .* is best, .* from the choice by loss \(90 %, paired\): loss and score disagree$/,
  );
});

test('the best by score is the best of all by the downstream law at each loss', t => {
  const { downstream, forecasts } = solvePlan({ ...OPTIONS, downstream: scores(0.4) });
  const { shape, score } = downstream!.choice;
  const deepest = { ...TINY_SPACE, num_layers: [11] };
  const among = solvePlan({ ...OPTIONS, space: deepest, downstream: scores(0.4) });
  t.deepEqual(among.choice.shape, shape); // of equal depth the smallest loss has the best score
  t.true(Math.abs(among.choice.score!.value - score!.value) < 1e-12);
  t.is(forecasts.replicates, 40);
});

test('a score without a taste for shape agrees with the loss', t => {
  const { downstream } = solvePlan({ ...OPTIONS, downstream: scores(0) });
  t.not(downstream!.agreement, 'apart');
});

test('the plain sigmoid knows the loss alone: one shape is best by both', t => {
  const { columns, options } = scores(0);
  const { L, score } = columns;
  const stage = { columns: { L, score }, law: findLaw('sigmoid'), options };
  const { downstream, choice } = solvePlan({ ...OPTIONS, downstream: stage });
  t.is(downstream!.agreement, 'same');
  t.deepEqual(downstream!.choice.shape, choice.shape);
  t.is(downstream!.text, 'the same shape is best by loss and by score, since sigmoid knows the loss alone');
});

test('an error is better when smaller', t => {
  const { L, score } = scores(0).columns;
  const stage = {
    columns: { L, error: score.map(value => 1 - value) },
    law: findLaw('error-decay'),
    options: { starts: 8 },
  };
  const { downstream } = solvePlan({ ...OPTIONS, downstream: stage });
  t.is(downstream!.agreement, 'same');
});

test('a loss beyond the downstream runs is refused, and with more reach allowed with a warning', t => {
  const { columns, ...rest } = scores(0.4);
  const high = Array.from(columns.L, (L, row) => (L > 4.7 ? row : -1)).filter(row => row >= 0);
  const picked = Object.fromEntries(
    Object.entries(columns).map(([name, values]) => [name, Float64Array.from(high, row => values[row])]),
  );
  const options = { ...OPTIONS, downstream: { ...rest, columns: picked } };
  t.throws(() => solvePlan(options), {
    instanceOf: InputError,
    message:
      /^a plan must stay within the downstream runs \(L 5 to 6\.3, s 0 to 2\.773\), got a shape beyond: L by 0\.\d+/,
  });
  const { warnings } = solvePlan({ ...options, reach: 2 });
  t.regex(warnings.join('\n'), /the score lies beyond the downstream runs for .*L by 0\.\d+/);
});

test('a downstream input that no plan knows is refused', t => {
  const { derived: _, ...stage } = scores(0.4);
  t.throws(() => solvePlan({ ...OPTIONS, downstream: stage }), {
    instanceOf: InputError,
    message: /^sigmoid-shape must read what a plan knows of a shape: unknown input "s"/,
  });
});

import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { chainForecast, finalRows, type Stage, smoothRuns } from '../../src/fit/index.js';
import { findLaw } from '../../src/law/index.js';
import { loadDataset, numericColumns, type Table } from '../../src/runs/index.js';

const LADDER = "length in ('1xC', '2xC', '5xC', '10xC') and size in ('190M', '370M', '760M', '1B')";
const TARGET = { N: 13202396160, D: 5000088518656 };

const table = loadDataset('olmo-ladder-2024', { map: { N: 'params_no_embed', D: 'tokens' }, where: LADDER });

/** The two steps of the ladder for one task. */
function stages(ladder: Table, task: string): { upstream: Stage; downstream: Stage } {
  const unit = ladder.columns.run as readonly string[];
  const {
    N,
    D,
    [`${task}_bpb`]: loss,
    [`${task}_acc`]: score,
  } = numericColumns(ladder, ['N', 'D', `${task}_bpb`, `${task}_acc`]);
  const smooth = smoothRuns({ L: loss, score }, unit);
  // The point that the paper adds: no loss, every answer right.
  const L = Float64Array.from([...smooth.columns.L, 0]);
  return {
    upstream: { columns: finalRows({ N, D, loss }, unit, { mean: ['loss'] }), law: findLaw('chinchilla') },
    downstream: {
      columns: { L, score: Float64Array.from([...smooth.columns.score, 1]) },
      law: findLaw('sigmoid'),
      options: {
        rho: 'squared',
        unit: [...smooth.unit, 'ideal'],
        params: { hi: { min: 0, max: 1 }, lo: { min: -1, max: 1 }, L0: { min: 0 } },
      },
    },
  };
}

const predicts = test.macro<[string, { published: number; actual: number }]>({
  async exec(t, task, { published, actual }) {
    const { forecasts } = chainForecast(stages(await table, task), [TARGET], { prior: 'none', replicates: 30 });
    const [{ score, loss, parts }] = forecasts;
    t.true(Math.abs(score.value - published) <= 5e-6, `${score.value}`);
    t.true(score.lo < score.value && score.value < score.hi && score.hi - score.lo > 0.02);
    t.true(loss.lo < loss.value && loss.value < loss.hi);
    t.true(parts.upstream > 0 && parts.downstream > 0 && parts.noise > 0);
    if (task !== 'arc_easy_test') t.true(score.lo <= actual && actual <= score.hi); // 7 of 8 at a level of 90 %
  },
  title: (_, task, target) => `chainForecast(OLMo ladder, ${task}) is the published 13B accuracy ${target.published}`,
});
// Bhagia 2024, results of chained_main: prediction and what the 13B model reached.
test(predicts, 'mmlu_test', { published: 0.5126799915, actual: 0.51614 });
test(predicts, 'hellaswag_val', { published: 0.8530359563, actual: 0.831906 });
test(predicts, 'arc_challenge_test', { published: 0.5267099358, actual: 0.638055 });
test(predicts, 'arc_easy_test', { published: 0.7724156, actual: 0.871717 });
test(predicts, 'piqa_val', { published: 0.8208041777, actual: 0.829597 });
test(predicts, 'csqa_val', { published: 0.7760887505, actual: 0.741032 });
test(predicts, 'socialiqa_val', { published: 0.5994822062, actual: 0.615967 });
test(predicts, 'openbookqa_test', { published: 0.4486477677, actual: 0.4864 });

test('chainForecast() carries both stages: its variance without noise is about the sum of theirs', async t => {
  const both = stages(await table, 'hellaswag_val');
  const [{ parts, draws }] = chainForecast(both, [TARGET], { prior: 'none', noise: false, replicates: 120 }).forecasts;
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  const deviation = Math.sqrt(draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length);
  t.true(Math.abs(deviation / Math.hypot(parts.upstream, parts.downstream) - 1) < 0.25);
  t.is(parts.noise, 0);
});

test('chainForecast() repeats its digits for a seed, and refuses inputs that no stage reads or that are missing', async t => {
  const both = stages(await table, 'piqa_val');
  const forecast = (inputs: Record<string, number>) =>
    chainForecast(both, [inputs], { prior: 'none', replicates: 20, seed: 3 }).forecasts[0].score;
  t.deepEqual(forecast(TARGET), forecast(TARGET));
  t.throws(() => forecast({ ...TARGET, depth: 4 }), {
    instanceOf: InputError,
    message: /unknown input of the chain "depth"/,
  });
  t.throws(() => forecast({ N: 1e9 }), { instanceOf: InputError, message: /input D of the chain/ });
});

test('chainForecast() takes further inputs of the downstream law, such as a number of the shape, by name', t => {
  const size = 24;
  const spread = (from: number, to: number, step: number) =>
    Float64Array.from({ length: size }, (_, row) => from + ((to - from) * ((row * step) % size)) / size);
  const [N, D] = [spread(17, 21, 5).map(Math.exp), spread(20, 25, 7).map(Math.exp)];
  const wobble = (row: number) => 0.002 * Math.sin(7 * row);
  const loss = N.map((n, row) => (1.7 + 400 / n ** 0.34 + 400 / D[row] ** 0.28) * Math.exp(wobble(row)));
  const [L, s] = [spread(2, 4, 5), spread(-1, 1, 7)];
  const score = L.map((l, row) => 0.25 + 0.7 / (1 + Math.exp(3 * (l - 2.6) - 0.5 * s[row])) + wobble(row + 3));
  const stage = {
    upstream: { columns: { N, D, loss }, law: findLaw('chinchilla') },
    downstream: { columns: { L, s, score }, law: findLaw('sigmoid-shape'), options: { rho: 'squared' as const } },
  };
  const forecast = (value: number) =>
    chainForecast(stage, [{ N: 1e9, D: 2e10, s: value }], { prior: 'none', replicates: 20 }).forecasts[0];
  const truth = (value: number) =>
    0.25 + 0.7 / (1 + Math.exp(3 * (1.7 + 400 / 1e9 ** 0.34 + 400 / 2e10 ** 0.28 - 2.6) - 0.5 * value));
  for (const value of [-1, 1]) t.true(Math.abs(forecast(value).score.value - truth(value)) < 0.01);
});

test('smoothRuns() drops the first tenth of each run, rounded up, and averages over five rows of that run', t => {
  const unit = [...'aaaaaaaaaaa', ...'bbb'];
  const { columns, unit: runs } = smoothRuns({ L: Float64Array.from(unit, (_, row) => row) }, unit);
  t.deepEqual([...columns.L], [2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 12, 12.5]); // 11 rows lose 2, 3 rows lose 1
  t.is(runs.join(''), 'aaaaaaaaabb');
});

test('finalRows() keeps the last row of each run and averages the named columns over its last five', t => {
  const columns = { D: Float64Array.from([1, 2, 3, 4, 5, 6, 7, 8]), loss: Float64Array.from([9, 8, 7, 6, 5, 4, 2, 1]) };
  const { D, loss } = finalRows(columns, [...'aaaaaabb'], { mean: ['loss'] });
  t.deepEqual([...D], [6, 8]);
  t.deepEqual([...loss], [6, 1.5]);
});

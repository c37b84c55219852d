import test from 'ava';
import { findLaw, predictLaw } from '../../src/law/index.js';
import { computeOptimum, type PlanOptions, range, solvePlan } from '../../src/plan/index.js';
import { loadDataset, numericColumns } from '../../src/runs/index.js';

const runs = loadDataset('hoffmann-2022-fig4', {
  map: { N: 'params' },
  derive: { D: 'training_flops / (6 * params)' },
  where: 'loss < 3.44',
});

/** Widths in small steps at several depths: sizes lie within a few parts in a thousand of any other. */
const FINE = {
  num_layers: range(16, 64, 4),
  num_decoder_layers: 'equal',
  d_model: range(256, 12288, 16),
  ffRatio: [4],
  d_kv: [16],
  innerRatio: [1],
  vocab_size: 32128,
} as const;

const planFor = async (flops: number, more: Partial<PlanOptions> = {}) => {
  const columns = numericColumns(await runs, ['N', 'D', 'loss']);
  const stage = { columns, law: findLaw('chinchilla') };
  const options = { stage, space: FINE, flopCount: '6ND', replicates: 40, reach: 30 } as const;
  return solvePlan({ ...options, budget: { flops }, ...more });
};

for (const flops of [1e20, 1e22])
  test(`with 6 N D the search over a fine space meets the closed form at ${flops} FLOPs`, async t => {
    const { choice, forecasts } = await planFor(flops);
    const value = (name: string) => forecasts.fit.params[name].value;
    const constants = { A: value('A'), B: value('B'), alpha: value('alpha'), beta: value('beta') };
    const { N, D } = computeOptimum(constants, flops);
    t.true(Math.abs(choice.params / N - 1) < 0.01, `${choice.params} and ${N}`);
    t.true(Math.abs(choice.tokens / D - 1) < 0.01, `${choice.tokens} and ${D}`);
    const least = predictLaw(findLaw('chinchilla'), { E: value('E'), ...constants }, { N, D });
    // 1e-7: tokens come in whole steps
    t.true(choice.loss.value >= least * (1 - 1e-7) && choice.loss.value < least * (1 + 1e-6));
  });

// Published for Gopher's budget, 5.76e23 FLOPs: Chinchilla itself, 70B on 1.4T tokens, and 67B on 1.5T, the optimum by
// approach 1 (Hoffmann 2022, table 3; recalled).
test("at Gopher's budget Chinchilla lies in the law's equal-loss band, and the published optima in the plan's interval", async t => {
  const { choice, forecasts, spread, notes } = await planFor(5.76e23);
  const constants = Object.fromEntries(Object.entries(forecasts.fit.params).map(([name, { value }]) => [name, value]));
  const { N, D } = { N: 70e9, D: 5.76e23 / 6 / 70e9 };
  t.true(Math.abs(D / 1.4e12 - 1) < 0.03);
  t.true(predictLaw(findLaw('chinchilla'), constants, { N, D }) <= choice.loss.value * 1.001);
  t.true(spread.params[0] < 67e9 && 70e9 < spread.params[1], spread.params.join(' to '));
  t.true(spread.tokens[0] < 1.4e12 && 1.5e12 < spread.tokens[1], spread.tokens.join(' to '));
  t.regex(notes.join('\n'), /without whole shapes and limits the law's optimum is N [\d.]+B, D [\d.]+T/);
});

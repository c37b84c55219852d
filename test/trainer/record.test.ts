import test from 'ava';
import { countFlops, countParams } from '../../src/cost/index.js';
import { trainRun } from '../../src/trainer/index.js';
import { thinCurve } from '../../src/trainer/record.js';
import { NANO } from './nano.js';
import { toyData, toyWorkshop } from './toy.js';

const data = toyData();
const base = { shape: NANO, data, steps: 3, batch: 4 };

test('trainRun() records what the run was, cost and measured', async t => {
  const { window: _, encLen, decLen } = data.plan;
  const { record } = await trainRun({ ...base, name: 'nano', dropout: 0.1, accumulate: 2 }, toyWorkshop());
  const flops = 3 * countFlops(NANO, { batch: 4, encLen, decLen }).trainStep;
  t.like(record, {
    name: 'nano',
    kind: 'pretrain',
    shape: NANO,
    params: countParams(NANO).total,
    tokens: 3 * 4 * encLen,
    target_tokens: 3 * 4 * decLen,
    flops,
    steps: 3,
    planned_steps: 3,
    batch: 4,
    accumulate: 2,
    optimizer: 'adam',
    schedule: { name: 'wsd', warmup_steps: 50, warmup_share: 0.1, rises: true, decay_share: 0.2 },
    clip: 1,
    dropout: 0.1,
    precision: 'fp32',
    engine: 'eager',
    eval_tokens: 20 * decLen,
    eval_fingerprint: data.heldOut.fingerprint,
    corpus: data.corpus,
    peak_flops_per_second: 1e9,
  });
  t.true(Math.abs(record.peak_share * record.seconds_per_step * 1e9 * 3 - flops) < 1e-6 * flops);
  t.true(record.peak_memory_bytes > 2 ** 24);
});

test('the FLOPs of a run depend neither on dropout nor on micro-batches', async t => {
  const plain = await trainRun(base, toyWorkshop());
  const other = await trainRun({ ...base, dropout: 0.3, accumulate: 4 }, toyWorkshop());
  t.is(other.record.flops, plain.record.flops);
});

test('thinCurve() keeps up to 200 points, each the mean of the steps since the point before', t => {
  t.deepEqual(thinCurve([3, 2, 1]), { steps: [1, 2, 3], losses: [3, 2, 1] });
  t.deepEqual(thinCurve([1, 2, 3, 4, 5], 2), { steps: [3, 5], losses: [2, 4.5] });
  const { steps, losses } = thinCurve(Array.from({ length: 1234 }, (_, i) => i + 1));
  t.is(steps.length, 200);
  t.deepEqual([steps[199], losses[0]], [1234, 3.5]);
});

test('thinCurve() has null where a loss is no number', t => {
  t.deepEqual(thinCurve([1, Number.NaN]), { steps: [1, 2], losses: [1, null] });
});

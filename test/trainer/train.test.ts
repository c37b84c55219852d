import { InputError } from '../../src/base/index.js';
import { countFlops, countParams } from '../../src/cost/index.js';
import { parseRecord, type RunRecord } from '../../src/runs/index.js';
import { prepareData, type TrainOptions, trainRun } from '../../src/trainer/index.js';
import { NANO, nanoCorpus } from './nano.js';
import { tfTest } from './with-tensorflow.js';

const data = prepareData(nanoCorpus(), { vocabSize: 300, encLen: 20, evalWindows: 40 });
const run = (options: Partial<TrainOptions>) => trainRun({ shape: NANO, data, steps: 3, ...options });

tfTest('trainRun() with the same seed has the same losses to the bit', async t => {
  const [a, b, c] = [await run({ seed: 7 }), await run({ seed: 7 }), await run({ seed: 8 })];
  t.deepEqual(a.losses, b.losses);
  t.is(a.record.loss, b.record.loss);
  t.not(a.record.loss, c.record.loss);
});

tfTest('trainRun() gives every tensor back, also when it is stopped', async t => {
  const tf = await import('@tensorflow/tfjs-node');
  const before = tf.memory().numTensors;
  await run({});
  t.is(tf.memory().numTensors, before);
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('stopped')), 100);
  await t.throwsAsync(run({ steps: 10_000, signal: stop.signal }), { message: 'stopped' });
  t.is(tf.memory().numTensors, before);
});

tfTest('trainRun() learns: 60 steps take the held-out loss far below that of guessing', async t => {
  const { record, losses } = await run({ steps: 60 });
  t.true(losses[0].loss > Math.log(300) - 0.5);
  t.true(record.loss! < 3.5, `${record.loss}`);
  t.true(record.train_loss! < losses[0].loss - 1.5);
});

tfTest('trainRun() records what the run was and cost', async t => {
  const { record } = await run({ batch: 4, name: 'nano' });
  const { window: _, encLen, decLen } = data.plan;
  t.like(record, {
    name: 'nano',
    kind: 'pretrain',
    shape: NANO,
    params: countParams(NANO).total,
    tokens: 3 * 4 * encLen,
    target_tokens: 3 * 4 * decLen,
    flops: 3 * countFlops(NANO, { batch: 4, encLen, decLen }).trainStep,
    steps: 3,
    eval_tokens: 40 * decLen,
    eval_fingerprint: data.heldOut.fingerprint,
    corpus: data.corpus,
  });
  t.true(record.seconds_per_step > 0);
  t.deepEqual(await parseRecord(JSON.parse(JSON.stringify(record)), 'record'), record as RunRecord);
});

tfTest('trainRun({seconds}) ends by the clock and lets the rate fall to 0', async t => {
  const done: number[] = [];
  const { record } = await run({ steps: undefined, seconds: 0.3, onProgress: progress => done.push(progress.done) });
  t.is(done.length, record.steps);
  t.true(done.at(-1) === 1 && done.every((share, i) => i === 0 || share >= done[i - 1]));
});

const REFUSED: [string, Partial<TrainOptions>, RegExp][] = [
  ['threads 64 in a process that has 1', { threads: 64 }, /^threads must stay the 1 that TensorFlow was loaded with/],
  ['neither steps nor seconds', { steps: undefined }, /^a run must have a length, .* got neither$/],
  ['both steps and seconds', { seconds: 1 }, /got both$/],
  ['steps 0', { steps: 0 }, /^steps must be/],
  ['batch 1.5', { batch: 1.5 }, /^batch must be/],
  ['seed -1', { seed: -1 }, /^seed must be/],
  [
    'a vocabulary that the shape lacks',
    { shape: { ...NANO, vocab_size: 299 } },
    /at most the shape's vocab_size 299, got 300/,
  ],
];
for (const [what, options, message] of REFUSED)
  tfTest(`trainRun() refuses ${what} in one line`, async t => {
    const error = await t.throwsAsync(run(options), { instanceOf: InputError });
    t.regex(error.message, message);
  });

import { InputError } from '../../src/base/index.js';
import { loadTensorflow, type TrainOptions, trainRun } from '../../src/trainer/index.js';
import { newFolder, numbersOf } from './folder.js';
import { NANO } from './nano.js';
import { toyData } from './toy.js';
import { tfTest } from './with-tensorflow.js';

const data = toyData();
const run = (options: Partial<TrainOptions>) => trainRun({ shape: NANO, data, steps: 3, ...options });

tfTest('trainRun() with the same seed has the same losses to the bit', async t => {
  const [a, b, c] = [await run({ seed: 7 }), await run({ seed: 7 }), await run({ seed: 8 })];
  t.deepEqual(a.losses, b.losses);
  t.is(a.record.loss, b.record.loss);
  t.not(a.record.loss, c.record.loss);
});

tfTest('trainRun() that was stopped goes on to the bit: dropout, bf16 and Adafactor too', async t => {
  const changes = [{ dropout: 0.2 }, { optimizer: 'adafactor', precision: 'bf16', accumulate: 2 }] as const;
  for (const change of changes) {
    const options = { steps: 7, batch: 4, ...change };
    const whole = await run(options);
    const folder = newFolder();
    const stop = new AbortController();
    const onProgress = ({ step }: { step: number }) => step === 4 && stop.abort(new Error('stopped'));
    await t.throwsAsync(run({ ...options, folder, signal: stop.signal, onProgress }), { message: 'stopped' });
    const { losses, record } = await run({ ...options, folder });
    t.deepEqual(losses, whole.losses);
    t.deepEqual(numbersOf(record), numbersOf(whole.record));
  }
});

tfTest('trainRun() gives everything native back, also when it is stopped', async t => {
  const { tf } = await loadTensorflow();
  const { binding } = tf.backend() as unknown as {
    binding: Record<'getNumOfTensors' | 'getNumOfSavedModels', () => number>;
  };
  const held = () => [binding.getNumOfTensors(), binding.getNumOfSavedModels(), tf.memory().numTensors];
  const before = held();
  await run({});
  t.deepEqual(held(), before);
  const stop = new AbortController();
  const onProgress = () => stop.abort(new Error('stopped'));
  await t.throwsAsync(run({ signal: stop.signal, onProgress }), { message: 'stopped' });
  t.deepEqual(held(), before);
});

tfTest('trainRun() learns: 60 steps take the held-out loss far below that of guessing', async t => {
  const { record, losses } = await run({ steps: 60 });
  t.true(losses[0].loss > Math.log(300) - 0.5);
  t.true(record.loss! < 3.5, `${record.loss}`);
  t.true(record.train_loss! < losses[0].loss - 1.5);
});

tfTest('trainRun({accumulate}) has the losses of the whole batch up to rounding', async t => {
  const [whole, halves] = [await run({ batch: 4 }), await run({ batch: 4, accumulate: 2 })];
  for (const [i, { loss }] of halves.losses.entries()) t.true(Math.abs(loss - whole.losses[i].loss) < 1e-4);
});

tfTest('trainRun() measures the peak of the machine, and no step reaches it', async t => {
  const { record } = await run({});
  t.true(record.peak_flops_per_second > 1e8, `${record.peak_flops_per_second}`);
  t.true(record.peak_share > 0 && record.peak_share < 1, `${record.peak_share}`);
});

tfTest('trainRun({seconds}) ends by the clock and lets the rate fall to 0', async t => {
  const done: number[] = [];
  const { record } = await run({ steps: undefined, seconds: 0.3, onProgress: progress => done.push(progress.done) });
  t.is(done.length, record.steps);
  t.true(done.at(-1) === 1 && done.every((share, i) => i === 0 || share >= done[i - 1]));
});

tfTest('trainRun() refuses threads 64 in a process that has 1, in one line', async t => {
  await t.throwsAsync(run({ threads: 64 }), {
    instanceOf: InputError,
    message: /^threads must stay the 1 that TensorFlow was loaded with/,
  });
});

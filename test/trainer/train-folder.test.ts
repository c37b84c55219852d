import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { loadRecords, parseRecord } from '../../src/runs/index.js';
import { type TrainOptions, trainRun } from '../../src/trainer/index.js';
import { newFolder, numbersOf } from './folder.js';
import { NANO } from './nano.js';
import { type ToyFaults, toyData, toyWorkshop } from './toy.js';

const data = toyData();
const base = { shape: NANO, data, steps: 12, batch: 2, seed: 3, dropout: 0.2 };
const run = (options: Partial<TrainOptions>, faults?: ToyFaults) =>
  trainRun({ ...base, ...options }, toyWorkshop(faults));

const stopped = new Error('stopped');
/** Trains until a step is done, as a signal would stop it. */
async function runUntil(step: number, options: Partial<TrainOptions>) {
  const stop = new AbortController();
  const onProgress = ({ step: at }: { step: number }) => at === step && stop.abort(stopped);
  return run({ signal: stop.signal, onProgress, ...options }).catch((error: Error) => {
    if (error !== stopped) throw error;
  });
}

test('trainRun({folder}) leaves the record, the parameters and nothing half done', async t => {
  const folder = newFolder();
  const { record, params } = await run({ folder });
  t.deepEqual(readdirSync(folder).sort(), ['model-12.safetensors', 'records.jsonl', 'run.json']);
  t.deepEqual((await loadRecords(`${folder}/records.jsonl`)).records, [record]);
  t.deepEqual((await params()).get('weights'), (await (await run({})).params()).get('weights'));
  t.deepEqual(await parseRecord(JSON.parse(JSON.stringify(record)), 'record'), record);
});

test('trainRun({folder}) that was stopped goes on to the same record to the bit', async t => {
  const whole = await run({ evaluateEvery: 4 });
  const folder = newFolder();
  for (const step of [2, 5, 9]) await runUntil(step, { folder, evaluateEvery: 4 });
  t.true(existsSync(`${folder}/checkpoint.safetensors`));
  const steps: number[] = [];
  const { record, losses, found } = await run({
    folder,
    evaluateEvery: 4,
    onProgress: ({ step }) => void steps.push(step),
  });
  t.deepEqual(steps, [10, 11, 12]);
  t.deepEqual(losses, whole.losses);
  t.deepEqual(numbersOf(record), numbersOf(whole.record));
  t.is(record.evaluations?.length, 3);
  t.false(found);
});

test('trainRun({folder}) that is finished is read, not trained, whatever the order of its settings', async t => {
  const folder = newFolder();
  const first = await run({ folder });
  const { shape: _, ...rest } = base;
  const shape = Object.fromEntries(Object.entries(NANO).reverse()) as unknown as typeof NANO;
  const again = await trainRun(
    { folder, onProgress: () => t.fail(), ...rest, shape },
    { ...toyWorkshop(), createEngine: async () => t.fail() as never },
  );
  t.true(again.found);
  t.deepEqual(again.record, first.record);
  t.deepEqual((await again.params()).get('weights'), (await first.params()).get('weights'));
});

test('trainRun({fresh}) starts anew', async t => {
  const folder = newFolder();
  await run({ folder });
  const steps: number[] = [];
  await run({ folder, fresh: true, onProgress: ({ step }) => void steps.push(step) });
  t.is(steps.length, 12);
  t.is((await loadRecords(`${folder}/records.jsonl`)).records.length, 1);
});

test('trainRun({folder}) refuses the folder of another run in one line, and leaves it', async t => {
  const folder = newFolder();
  await runUntil(3, { folder });
  const before = readFileSync(`${folder}/checkpoint.safetensors`);
  await t.throwsAsync(run({ folder, seed: 4 }), {
    instanceOf: InputError,
    message: /must hold run .*seed 3 instead of 4$/,
  });
  await t.throwsAsync(run({ folder, shape: { ...NANO, d_ff: 18 }, fresh: true }), {
    message: /with shape\.d_ff 17 instead of 18$/,
  });
  t.true(before.equals(readFileSync(`${folder}/checkpoint.safetensors`)));
});

test('trainRun({folder}) while another process trains there is refused in one line', async t => {
  const folder = newFolder();
  let second: Promise<unknown> = Promise.resolve();
  const onProgress = ({ step }: { step: number }) => {
    if (step === 2) second = run({ folder });
  };
  const first = run({ folder, onProgress }, { stepMs: 60 });
  await t.throwsAsync(
    async () => {
      await first;
      await second;
    },
    { instanceOf: InputError, message: /must be free, got process \d+ on \S+ at work in it$/ },
  );
  t.true((await run({ folder })).found);
});

test('trainRun({folder}) goes on from the checkpoint before a damaged one, and says so', async t => {
  const whole = await run({});
  for (const damage of ['cut', 'flip', 'text'] as const) {
    const folder = newFolder();
    for (const step of [4, 6]) await runUntil(step, { folder });
    const file = `${folder}/checkpoint.safetensors`;
    const bytes = readFileSync(file);
    if (damage === 'cut') truncateSync(file, bytes.length >> 1);
    bytes[bytes.length - 9] ^= 1;
    if (damage === 'flip') writeFileSync(file, bytes);
    if (damage === 'text') writeFileSync(file, 'not tensors');
    const notes: string[] = [];
    const { record } = await run({ folder, onNote: line => void notes.push(line) });
    t.deepEqual(numbersOf(record), numbersOf(whole.record));
    t.is(notes.length, 1, damage);
    t.regex(notes[0], /checkpoint\.safetensors.*; going on from the checkpoint before it, after step \d+$/);
  }
});

test('trainRun({folder}) without a whole checkpoint is refused in one line; --fresh starts anew', async t => {
  const folder = newFolder();
  for (const step of [4, 6]) await runUntil(step, { folder });
  for (const name of ['checkpoint', 'checkpoint.previous']) truncateSync(`${folder}/${name}.safetensors`, 100);
  await t.throwsAsync(run({ folder }), {
    instanceOf: InputError,
    message: /checkpoint\.safetensors .*; --fresh starts anew$/,
  });
  t.is((await run({ folder, fresh: true })).record.steps, 12);
});

test('trainRun({folder}) refuses a checkpoint of another run in one line', async t => {
  const [ours, other] = [newFolder(), newFolder()];
  await runUntil(4, { folder: ours });
  await runUntil(4, { folder: other, seed: 9 });
  for (const name of ['checkpoint', 'checkpoint.previous'])
    writeFileSync(`${ours}/${name}.safetensors`, readFileSync(`${other}/checkpoint.safetensors`));
  await t.throwsAsync(run({ folder: ours }), {
    message: /checkpoint\.safetensors must be of run \S+, got run \S+; --fresh/,
  });
});

test('trainRun({folder}) on a full disk says so once, goes on, and keeps the last good checkpoint', async t => {
  const folder = newFolder();
  await runUntil(4, { folder });
  const good = readFileSync(`${folder}/checkpoint.safetensors`);
  const notes: string[] = [];
  const saved: number[] = [];
  const stop = new AbortController();
  const onProgress = ({ step }: { step: number }) => {
    fillDisk(folder);
    if (step === 8) stop.abort(stopped);
  };
  const hooks = {
    onNote: (line: string) => void notes.push(line),
    onCheckpoint: (step: number) => void saved.push(step),
  };
  await t.throwsAsync(run({ folder, checkpointSeconds: 0, signal: stop.signal, onProgress, ...hooks }), {
    message: 'stopped',
  });
  t.deepEqual(saved, []);
  t.is(notes.length, 1);
  t.regex(notes[0], /must take a checkpoint, got ENOSPC; the last good one stays and the run goes on$/);
  t.true(good.equals(readFileSync(`${folder}/checkpoint.safetensors`)));
});

/** The next checkpoint goes to a device that is always full. */
function fillDisk(folder: string): void {
  const draft = `${folder}/checkpoint.safetensors.tmp`;
  rmSync(draft, { force: true });
  symlinkSync('/dev/full', draft);
}

test('trainRun({folder}) that diverges says so in one line, records it without a loss, and keeps the last good checkpoint', async t => {
  const folder = newFolder();
  const notes: string[] = [];
  const { record, params } = await run(
    { folder, checkpointSeconds: 0, onNote: line => notes.push(line) },
    { diverges: 7 },
  );
  t.like(record, { steps: 7, planned_steps: 12 });
  t.false('loss' in record);
  t.deepEqual(notes.length, 1);
  t.regex(notes[0], /^losses of run \S+ must be numbers, got none at step 7: it diverged$/);
  t.true(existsSync(`${folder}/checkpoint.safetensors`));
  await t.throwsAsync(params(), { instanceOf: InputError, message: /diverged$/ });
  t.true((await run({ folder })).found);
});

test('trainRun() learns on in eager mode only what it began there', async t => {
  const folder = newFolder();
  await runUntil(4, { folder });
  const graphMode = {
    ...toyWorkshop(),
    createEngine: async (options: Parameters<ReturnType<typeof toyWorkshop>['createEngine']>[0]) => ({
      ...(await toyWorkshop().createEngine(options)),
      mode: 'graph' as const,
    }),
  };
  await t.throwsAsync(trainRun({ ...base, folder }, graphMode), {
    instanceOf: InputError,
    message: /must go on in eager mode, as it began, got graph/,
  });
});

import { renameSync, truncateSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { InputError } from '../../src/base/index.js';
import {
  type Checkpoint,
  loadCheckpoint,
  removeCheckpoints,
  type Snapshot,
  saveCheckpoint,
} from '../../src/trainer/checkpoint.js';
import { encodeSafetensors } from '../../src/trainer/safetensors.js';
import { newFolder } from './folder.js';

const snapshot = (steps: number): Snapshot => ({
  engine: {
    steps,
    tensors: new Map([
      ['weights/a', { dims: [2, 1], values: Float32Array.of(0.1 * steps, -3) }],
      ['moment', { dims: [], values: Float32Array.of(1e-40) }],
    ]),
  },
  position: { seed: 2 ** 32 - 1, epoch: 3, index: steps },
  history: {
    losses: Array.from({ length: steps }, (_, i) => 1 / (i + 3)),
    stepSeconds: Array.from({ length: steps }, (_, i) => i / 7),
    evaluations: [{ step: 1, tokens: 40, loss: 0.1 + 0.2 }],
    seconds: 1 / 3,
  },
});
const checkpoint = (steps: number): Checkpoint => ({ run: 'toy-1', mode: 'graph', finished: 2, ...snapshot(steps) });

test('saveCheckpoint() then loadCheckpoint() gives all of it back to the bit', async t => {
  const folder = newFolder();
  t.is(await loadCheckpoint(folder, 'toy-1'), undefined);
  await saveCheckpoint(folder, checkpoint(5));
  t.deepEqual(await loadCheckpoint(folder, 'toy-1'), checkpoint(5));
  const onBranch = { ...checkpoint(5), trunk: snapshot(3) };
  await saveCheckpoint(folder, onBranch);
  t.deepEqual(await loadCheckpoint(folder, 'toy-1'), onBranch);
});

test('a crash between the two moves of saveCheckpoint() leaves the checkpoint before', async t => {
  const folder = newFolder();
  await saveCheckpoint(folder, checkpoint(5));
  renameSync(`${folder}/checkpoint.safetensors`, `${folder}/checkpoint.previous.safetensors`);
  t.deepEqual(await loadCheckpoint(folder, 'toy-1', line => t.fail(line)), checkpoint(5));
});

test('a damaged checkpoint does not push the good one before it away', async t => {
  const folder = newFolder();
  for (const steps of [4, 5]) await saveCheckpoint(folder, checkpoint(steps));
  for (let again = 0; again < 2; again++) {
    truncateSync(`${folder}/checkpoint.safetensors`, 60);
    t.deepEqual(await loadCheckpoint(folder, 'toy-1'), checkpoint(4));
    await saveCheckpoint(folder, checkpoint(6));
  }
});

test('removeCheckpoints() leaves none', async t => {
  const folder = newFolder();
  for (const steps of [4, 5]) await saveCheckpoint(folder, checkpoint(steps));
  await removeCheckpoints(folder);
  t.is(await loadCheckpoint(folder, 'toy-1'), undefined);
});

test('loadCheckpoint() refuses tensors that are no checkpoint, in one line', async t => {
  const folder = newFolder();
  const file = `${folder}/checkpoint.safetensors`;
  writeFileSync(file, encodeSafetensors(new Map([['a', { dims: [1], values: Float32Array.of(1) }]])));
  await t.throwsAsync(loadCheckpoint(folder, 'toy-1'), {
    instanceOf: InputError,
    message: `${file} must be a checkpoint of the trainer, got a file of other tensors; --fresh starts anew`,
  });
});

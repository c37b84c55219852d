import test from 'ava';
import { createRandom } from '../../src/base/index.js';
import { type Engine, prepareData, trainBatches } from '../../src/trainer/index.js';
import { runLoop } from '../../src/trainer/loop.js';
import { nanoCorpus } from './nano.js';

const data = prepareData(nanoCorpus(), { vocabSize: 300, encLen: 20, evalWindows: 10 });
const batches = () => trainBatches(data, 2, createRandom(1));

/** An engine that learns nothing: its losses are given, and the shares of the rate it was asked for are kept. */
function stubEngine(losses: number[]): Engine & { shares: number[] } {
  const shares: number[] = [];
  return {
    shares,
    step: (_, share) => losses[shares.push(share) - 1],
    loss: () => 0,
    params: () => new Map(),
    dispose: () => {},
  };
}

test('runLoop({steps}) takes that many steps and counts encoder tokens', async t => {
  const { losses, stepSeconds, diverged } = await runLoop(stubEngine([3, 2, 1]), batches(), { steps: 3 });
  t.deepEqual(losses, [
    { step: 1, tokens: 40, loss: 3 },
    { step: 2, tokens: 80, loss: 2 },
    { step: 3, tokens: 120, loss: 1 },
  ]);
  t.deepEqual([stepSeconds.length, diverged], [3, false]);
});

test('runLoop() raises the rate from little and lowers it to little', async t => {
  const engine = stubEngine(new Array(200).fill(1));
  await runLoop(engine, batches(), { steps: 200 });
  t.true(engine.shares[0] < 0.06 && engine.shares[199] < 0.03);
  t.is(engine.shares[100], 1);
});

test('runLoop() ends a run whose loss is no number, and says so', async t => {
  const { losses, diverged } = await runLoop(stubEngine([3, Number.NaN, 1]), batches(), { steps: 3 });
  t.deepEqual([losses.length, diverged], [2, true]);
});

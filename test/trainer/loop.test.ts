import test from 'ava';
import { createBatches, type Engine } from '../../src/trainer/index.js';
import { type Leg, runLeg, startHistory } from '../../src/trainer/loop.js';
import { NANO } from './nano.js';
import { createToyEngine, toyData } from './toy.js';

const data = toyData();
const SIZES = { batch: 2, encLen: data.plan.encLen, decLen: data.plan.decLen };
const toy = () => createToyEngine({ shape: NANO, seed: 1, train: SIZES });
const nothing = async () => {};

/** An engine whose losses are given. */
const scripted = (losses: readonly number[]): Engine => {
  let steps = 0;
  return { ...toy(), step: () => losses[steps++] };
};
const learner = (engine: Engine, accumulate = 1) => ({
  engine,
  batches: createBatches(data, 2 / accumulate, { seed: 1 }),
  accumulate,
});
const leg = (steps: number): Leg => ({ share: () => 1, done: ({ losses }) => losses.length / steps });

test('runLeg() takes the steps of its leg and keeps each loss and time', async t => {
  const history = startHistory();
  const dones: number[] = [];
  const whole = await runLeg(learner(scripted([3, 2, 1])), history, leg(3), async done => void dones.push(done));
  t.true(whole);
  t.deepEqual(history.losses, [3, 2, 1]);
  t.is(history.stepSeconds.length, 3);
  t.true(history.seconds >= history.stepSeconds.reduce((a, b) => a + b, 0));
  t.deepEqual(dones, [1 / 3, 2 / 3, 1]);
});

test('runLeg() asks for the share of the rate by the steps so far and by the share of the leg', async t => {
  const asked: [number, number][] = [];
  const share = (step: number, done: number) => {
    asked.push([step, done]);
    return 1;
  };
  await runLeg(learner(scripted([3, 2])), startHistory(), { ...leg(2), share }, nothing);
  t.deepEqual(asked, [
    [0, 0],
    [1, 0.5],
  ]);
});

test('runLeg() of a leg that is behind it takes no step', async t => {
  const history = { ...startHistory(), losses: [3, 2] };
  t.true(await runLeg(learner(scripted([])), history, leg(2), nothing));
  t.deepEqual(history.losses, [3, 2]);
});

test('runLeg() ends at a loss that is no number, and says so', async t => {
  const history = startHistory();
  t.false(await runLeg(learner(scripted([3, Number.NaN, 1])), history, leg(3), nothing));
  t.deepEqual(history.losses, [3, Number.NaN]);
});

test('runLeg({accumulate: 2}) sees the rows of one batch in two micro-batches', async t => {
  const whole: number[][] = [];
  const halves: number[][] = [];
  const spy = (seen: number[][]): Engine => ({
    ...toy(),
    step: batches => {
      seen.push(batches.flatMap(({ encoder }) => [...encoder]));
      return 1;
    },
  });
  await runLeg(learner(spy(whole)), startHistory(), leg(3), nothing);
  await runLeg(learner(spy(halves), 2), startHistory(), leg(3), nothing);
  t.deepEqual(halves, whole);
});

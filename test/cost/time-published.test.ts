import test from 'ava';
import { type MeasuredStep, megatronSteps, mptSteps, t5Generations, t5Steps } from '../../bench/gpu-steps.js';
import { findDevice, ratesOf } from '../../src/cost/index.js';
import { summariseErrors } from '../../src/fit/index.js';

// datasets/gpu-steps-2023: what others measured

const errorsOf = (steps: readonly MeasuredStep[]) =>
  summariseErrors(Float64Array.from(steps, ({ predicted, measured }) => predicted / measured - 1));

/** Share of steps within the factor that the model says of its device. */
const coverage = (steps: readonly MeasuredStep[]) =>
  steps.filter(({ device, predicted, measured }) => {
    const { spread } = ratesOf(findDevice(device), 'bf16');
    return Math.abs(Math.log(predicted / measured)) <= Math.log(spread);
  }).length / steps.length;

test('steps of 128 GPTs on A100 and H100, which the constants are fitted to: median 5 %, nine in ten under 16 %', async t => {
  const { median, p90 } = errorsOf(await mptSteps());
  t.true(median < 0.05 && p90 < 0.16, `${median} ${p90}`);
});

test("Megatron-LM's steps over tensor and pipeline parallel A100, never fitted, are predicted within 16 %", async t => {
  const { median, largest } = errorsOf(await megatronSteps());
  t.true(median < 0.11 && largest < 0.16, `${median} ${largest}`);
});

test('nine in ten of the published steps of GPTs lie within the range', async t => {
  t.true(coverage([...(await mptSteps()), ...(await megatronSteps())]) >= 0.9);
});

test('a T5 of 220M on 32 A100, never fitted, is predicted within 5 %; one of 3B on 160 within 25 %', async t => {
  const [small, large] = (await t5Steps()).map(({ predicted, measured }) => predicted / measured);
  t.true(Math.abs(small - 1) < 0.05, `${small}`);
  t.true(Math.abs(large - 1) < 0.25, `${large}`);
});

test("answers of T5s of 3B to 23B on A100, never fitted, take what was measured within 25 %; 41B's is missed", async t => {
  const errors = (await t5Generations()).map(({ predicted, measured }) => predicted / measured - 1);
  t.true(
    errors.slice(0, 3).every(error => Math.abs(error) < 0.25),
    errors.join(),
  );
  t.true(errors[3] < -0.4, 'the day this holds no more, say so in docs/time.md');
});

test('steps of mT5, whose vocabulary is 250,112, are missed by a quarter to a half: docs/time.md says so', async t => {
  const ratios = (await t5Steps()).slice(2).map(({ predicted, measured }) => predicted / measured);
  t.true(
    ratios.every(ratio => ratio > 0.45 && ratio < 0.8),
    ratios.join(),
  );
});

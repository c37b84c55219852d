import test from 'ava';
import { medianSeconds } from '../../src/trainer/calibrate/clock.js';
import { measureProducts } from '../../src/trainer/calibrate/products.js';
import { CALIBRATION_STEPS, measureSteps } from '../../src/trainer/calibrate/steps.js';
import type { Engine, EngineOptions } from '../../src/trainer/engine.js';

/** A clock that goes on only when it is told. */
function createClock() {
  let now = 0;
  return {
    clock: () => now,
    pass: (seconds: number) => {
      now += seconds;
    },
  };
}

test('medianSeconds leaves the first call out, and goes on until enough time has passed', t => {
  const { clock, pass } = createClock();
  const lengths = [50, 1, 5, 1, 1, 1];
  let calls = 0;
  const seconds = medianSeconds(() => pass(lengths[calls++]), { least: 3, seconds: 8 }, clock);
  t.is(seconds, 1);
  t.is(calls, 5); // 1 + 5 + 1 = 7 is not enough
});

test('measureSteps times what an engine does on a full batch, and gives the engine back', async t => {
  const { clock, pass } = createClock();
  let open = 0;
  const create = async ({ train, shape }: EngineOptions): Promise<Engine> => {
    open++;
    return {
      step: ([{ size, encoder, targets }]) => {
        t.is(size, train.batch);
        t.is(encoder.length, train.batch * train.encLen);
        t.true([...encoder, ...targets].every(id => id >= 1 && id < shape.vocab_size));
        pass(train.batch / 1000);
        return 0;
      },
      dispose: () => open--,
    } as Partial<Engine> as Engine;
  };
  const timed = [];
  for await (const step of measureSteps(CALIBRATION_STEPS.slice(0, 2), { clock, create })) timed.push(step.seconds);
  t.true(Math.abs(timed[0] - 0.008) < 1e-9 && Math.abs(timed[1] - 0.016) < 1e-9, timed.join());
  t.is(open, 0);
});

test('a calibration varies shape and batch, and has more steps than constants', t => {
  t.true(CALIBRATION_STEPS.length >= 8);
  for (const field of ['num_layers', 'd_model', 'd_ff', 'num_heads', 'vocab_size'] as const)
    t.true(new Set(CALIBRATION_STEPS.map(({ shape }) => shape[field])).size >= 3, field);
  t.true(new Set(CALIBRATION_STEPS.map(({ workload }) => workload.batch)).size >= 3);
});

test('measureProducts runs products of a size, few and many at a time', async t => {
  let now = 0;
  const timed = await measureProducts(() => {
    now += 0.01;
    return now;
  }, [[5, 3, 7]]);
  t.deepEqual(
    timed.map(({ m, n, k, count }) => [m, n, k, count]),
    [
      [5, 3, 7, 2],
      [5, 3, 7, 14],
    ],
  );
  t.true(timed.every(({ seconds }) => Math.abs(seconds - 0.01) < 1e-9));
});

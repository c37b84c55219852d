import test from 'ava';
import { InputError } from '../../src/base/index.js';
import {
  branchStep,
  checkSchedule,
  type Schedule,
  type ScheduleName,
  scheduleShare,
} from '../../src/trainer/schedule.js';

const BASE: Schedule = { name: 'wsd', warmupSteps: 50, warmupShare: 0.1, rises: true, decayShare: 0.2 };
const shareAt = (change: Partial<Schedule>, step: number, steps = 1000) =>
  scheduleShare({ ...BASE, ...change }, step, step / steps);

// transformers 5.24.0: get_cosine_schedule_with_warmup(50, 1000), get_inverse_sqrt_schedule(50, timescale=50),
// get_constant_schedule_with_warmup(50), get_wsd_schedule(50, 750, 200, linear, linear); learning rate 1, get_last_lr().
// Its rise begins with a step of rate 0, ours does not: its step n of the rise is our n - 1.
const REFERENCE: Record<ScheduleName, [step: number, share: number][]> = {
  cosine: [
    [1, 0.02],
    [25, 0.5],
    [50, 1],
    [51, 0.9999972660400536],
    [300, 0.8386407858128706],
    [525, 0.5],
    [800, 0.10542974530180327],
    [999, 2.7339599464326625e-6],
  ],
  'inverse-square-root': [
    [1, 0.02],
    [25, 0.5],
    [50, 1],
    [51, 0.9901475429766743],
    [200, 0.5],
    [777, 0.2536731447159205],
    [5000, 0.1],
  ],
  constant: [
    [1, 0.02],
    [25, 0.5],
    [50, 1],
    [700, 1],
  ],
  wsd: [
    [1, 0.02],
    [25, 0.5],
    [50, 1],
    [400, 1],
    [800, 1],
    [801, 0.995],
    [900, 0.5],
    [999, 0.0050000000000000044],
  ],
};
for (const [name, points] of Object.entries(REFERENCE))
  test(`scheduleShare(${name}) has the values of transformers' schedule`, t => {
    for (const [step, share] of points) {
      const ours = shareAt({ name: name as ScheduleName }, step <= 50 ? step - 1 : step);
      t.true(Math.abs(ours - share) < 1e-12, `step ${step}: ${ours}, transformers ${share}`);
    }
  });

test('scheduleShare(inverse-square-root) without a rise is 1/sqrt(max(n, k)) of T5, scaled to begin at 1', t => {
  // Raffel et al. 2020, section 3.1.2: k = 10^4, so 0.01 until then and 1/sqrt(2^19) at the end of pre-training
  const t5 = (step: number) =>
    shareAt({ name: 'inverse-square-root', warmupSteps: 1e4, rises: false }, step, 2 ** 19) * 0.01;
  t.is(t5(0), 0.01);
  t.is(t5(9_999), 0.01);
  t.true(Math.abs(t5(2 ** 19) - 2 ** -9.5) < 1e-15);
});

test('scheduleShare() warms up for a tenth of a short run', t => {
  t.is(shareAt({}, 2, 20), 1);
  t.is(shareAt({ name: 'cosine' }, 2, 20), 1);
});

test('scheduleShare() of no warm-up begins at the full rate', t => {
  for (const name of ['wsd', 'inverse-square-root', 'cosine', 'constant'] as const)
    t.is(shareAt({ name, warmupSteps: 0 }, 0), 1);
});

test('scheduleShare() of a run by the clock rises, stays and falls with the time', t => {
  const byTime = (step: number, done: number) => scheduleShare(BASE, step, done);
  t.is(byTime(3, 0.05), 0.5); // slow steps: a tenth of the time comes before 50 steps
  t.is(byTime(400, 0.5), 1);
  t.true(Math.abs(byTime(800, 0.9) - 0.5) < 1e-12);
});

test('branchStep(wsd) leaves the trunk at the first step of the fall, or of a shorter rise', t => {
  t.is(branchStep(BASE, 1000), 800);
  t.is(branchStep(BASE, 1500), 1200);
  t.true(branchStep(BASE, 100) < 50);
});

test('branchStep(): before it the rates are those of the trunk to the bit, at it they are not', t => {
  for (const steps of [60, 499, 600, 777, 3000]) {
    const branch = branchStep(BASE, steps);
    for (let step = 0; step < branch; step++) t.is(shareAt({}, step, steps), scheduleShare(BASE, step, 0));
    t.not(shareAt({}, branch, steps), scheduleShare(BASE, branch, 0));
  }
});

test('branchStep() of a schedule that does not know its end is the end', t => {
  t.is(branchStep({ ...BASE, name: 'inverse-square-root' }, 700), 700);
  t.is(branchStep({ ...BASE, name: 'constant' }, 700), 700);
});

const REFUSED: [Partial<Schedule>, RegExp][] = [
  [{ name: 'step' as ScheduleName }, /^unknown schedule "step"/],
  [{ warmupSteps: -1 }, /^warm-up steps must be an integer from 0 and up, got -1$/],
  [{ decayShare: 0 }, /^decay share must be in \(0, 1\], got 0$/],
];
for (const [change, message] of REFUSED)
  test(`checkSchedule(${JSON.stringify(change)}) is refused in one line`, t => {
    t.throws(() => checkSchedule({ ...BASE, ...change }), { instanceOf: InputError, message });
  });

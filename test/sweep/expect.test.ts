import { cpus } from 'node:os';
import test from 'ava';
import { countFlops } from '../../src/cost/index.js';
import type { RunRecord } from '../../src/runs/index.js';
import { parseShape } from '../../src/shape/index.js';
import {
  costJob,
  countWall,
  createPace,
  expandSweep,
  expectSeconds,
  fitStepTime,
  type Job,
  type JobEvent,
  parseSweep,
  type TimedStep,
  timeFromRecords,
} from '../../src/sweep/index.js';
import { jobsOf } from './sweeps.js';

const settings = (name: string, batch = 8) => ({ shape: parseShape(name), batch, accumulate: 1, encLen: 128 });
const flops = (name: string, batch = 8) => countFlops(parseShape(name), { batch, encLen: 128, decLen: 29 }).trainStep;

test('fitStepTime() finds the time of a layer and of a FLOP again', t => {
  const time = (name: string, layers: number, batch = 8) => 2e-3 * layers + flops(name, batch) / 5e10;
  const steps: TimedStep[] = [
    { settings: settings('tiny-v512'), seconds: time('tiny-v512', 8) },
    { settings: settings('tiny-nl2-v512'), seconds: time('tiny-nl2-v512', 4) },
    { settings: settings('mini-v512', 3), seconds: time('mini-v512', 8, 3) },
  ];
  const near = (got: number, want: number) => t.true(Math.abs(got / want - 1) < 1e-9, `${got} for ${want}`);
  near(fitStepTime(steps)(settings('small-nl5-v512')), time('small-nl5-v512', 10));
  near(fitStepTime(steps)({ ...settings('tiny-v512'), accumulate: 4 }), time('tiny-v512', 32));
});

test('fitStepTime() from one step is a rate, and no time is ever below 0', t => {
  const one = fitStepTime([{ settings: settings('tiny-v512'), seconds: 0.5 }]);
  t.is(one(settings('tiny-v512')), 0.5);
  t.true(Math.abs(one(settings('mini-v512')) - (0.5 * flops('mini-v512')) / flops('tiny-v512')) < 1e-9);
  // deeper but faster: a layer would have a time below 0
  const odd = fitStepTime([
    { settings: settings('tiny-nl2-v512'), seconds: 1 },
    { settings: settings('tiny-nl8-v512'), seconds: 1.1 },
    { settings: settings('mini-nl1-v512'), seconds: 3 },
  ]);
  for (const name of ['tiny-nl1-v512', 'tiny-nl40-v512', 'mini-nl40-v512', 'small-nl1-v512'])
    t.true(odd(settings(name)) > 0, name);
});

test('a job with points takes the steps of the trunk and of every branch', async t => {
  const [alone] = await jobsOf('steps: 1000');
  t.is(costJob(alone).steps, 1000);
  t.is(costJob(alone).flops, 1000 * flops('tiny-nh3-kv5-dm7-ff11-nl2-v512'));
  const [trunk] = await jobsOf('points: [1000, 2000]');
  // the rate of wsd begins to fall at 80 %: 801 shared steps, 199 of the branch, 1199 more
  const { steps, tokens } = costJob(trunk);
  t.true(Math.abs(steps - 2200) <= 2, `${steps}`);
  t.is(tokens, 2000 * 8 * 128);
  const [cosine] = await jobsOf('points: [1000, 2000]', 'schedule: cosine');
  t.true(costJob(cosine).steps >= 2850, 'cosine shares only the rise');
});

test('expectSeconds() is the start, the steps and the held-out windows', async t => {
  const [job] = await jobsOf('steps: 100', 'batch: 16', 'eval_windows: 48');
  const steps = [{ settings: job.pretrain, seconds: 0.3 }];
  const seconds = expectSeconds([job], { steps, startSeconds: 2 }).get(job.id)!;
  t.true(Math.abs(seconds - (2 + 100 * 0.3 + (3 * 0.3) / 3)) < 1e-9, `${seconds}`);
});

test('fine-tuning adds to the expected time of a job, for each point, seed and task', async t => {
  const seconds = async (...lines: string[]) => {
    const jobs = await jobsOf(...lines);
    const steps = [{ settings: jobs[0].pretrain, seconds: 0.3 }];
    return expectSeconds(jobs, { steps, startSeconds: 2 }).get(jobs[0].id)!;
  };
  const before = await seconds('points: [10, 20]');
  const tuning = async (rest: string) => (await seconds('points: [10, 20]', `fine_tune: ${rest}`)) - before;
  const one = await tuning('{tasks: [cloze], seeds: [1], steps: 400}');
  t.true(one > 0);
  const near = (got: number, want: number) => t.true(Math.abs(got / want - 1) < 1e-9, `${got} for ${want}`);
  near(await tuning('{tasks: [cloze], seeds: [1, 2, 3], steps: 400}'), 3 * one);
  near(await tuning('{tasks: [cloze], seeds: [1], steps: 900}'), 2 * one); // 500 and 1000 with the scoring
  near(await tuning('{tasks: [cloze, reverse], seeds: [1], steps: 400}'), 2 * one);
});

test('countWall() gives each job to the worker that is free first', t => {
  t.is(countWall([5, 3, 3, 3], 2), 8);
  t.is(countWall([5, 3, 3, 3], 1), 14);
  t.is(countWall([5, 3], 16), 5);
  t.is(countWall([], 2), 0);
});

test('a pace tells the share and, once there is enough, the time left by what was done', async t => {
  const open = await jobsOf('steps: 10', 'seeds: [1, 2, 3]');
  const pace = createPace({ open, weight: () => 100, inSeconds: true, before: 100, workers: 2, now: 0 });
  t.is(pace.share(), 0.25);
  t.is(pace.left(0), 200); // three jobs of 100 s on two workers
  const progress = (done: number, found = 0) => ({ done, found, stage: 'pre-training' });
  const note = (now: number, ...events: JobEvent[]) => {
    for (const event of events) pace.note(event, now);
  };
  note(0, { kind: 'started', job: open[0] }, { kind: 'started', job: open[1] });
  // the second was found half done; after 50 s each has a quarter more
  note(0, { kind: 'progress', job: open[1], progress: progress(0.5, 0.5) });
  note(50, { kind: 'progress', job: open[0], progress: progress(0.25) });
  note(50, { kind: 'progress', job: open[1], progress: progress(0.75, 0.5) });
  t.is(pace.share(), (100 + 100) / 400);
  // twice as slow as expected: 150, 50 and 200 s on two workers
  t.is(pace.left(50), 250);
  note(100, { kind: 'done', job: open[1] }, { kind: 'failed', job: open[0], message: 'no' });
  t.is(pace.running().size, 0);
  t.deepEqual([...pace.failed.values()], ['no']);
  note(100, { kind: 'started', job: open[2] }, { kind: 'done', job: open[2] });
  t.is(pace.left(100), 0);
  t.is(pace.share(), 1);
});

test('without expected times a pace knows the time left only from what was done', async t => {
  const open = await jobsOf('steps: 10', 'seeds: [1, 2]');
  const pace = createPace({ open, weight: () => 1e9, inSeconds: false, before: 0, workers: 1, now: 0 });
  t.is(pace.left(0), undefined);
  pace.note({ kind: 'started', job: open[0] }, 0);
  pace.note({ kind: 'progress', job: open[0], progress: { done: 0.5, found: 0, stage: 'pre-training' } }, 30);
  t.true(Math.abs(pace.left(30)! - 90) < 1e-9);
});

test('step times come from records of this processor on one thread, of three shapes or of all that are open', async t => {
  const open = await jobsOf('steps: 10', 'seeds: [1, 2]');
  const record = (name: string, changes: object = {}): RunRecord => ({
    name,
    kind: 'pretrain',
    tokens: 1,
    toolkit: '0',
    shape: parseShape(name),
    batch: 4,
    accumulate: 2,
    enc_len: 64,
    seconds_per_step: 0.25,
    machine: { cpu: cpus()[0].model, threads: 1 },
    ...changes,
  });
  const timed = (jobs: readonly Job[], ...before: RunRecord[]) =>
    timeFromRecords({ file: 'x', open: jobs, done: [], records: [], before }, '/nonesuch');
  t.deepEqual(timed(open, record('tiny'))?.steps, [
    { settings: { shape: parseShape('tiny'), batch: 4, accumulate: 2, encLen: 64 }, seconds: 0.25 },
  ]);
  for (const machine of [undefined, { cpu: 'another', threads: 1 }, { cpu: cpus()[0].model, threads: 2 }])
    t.is(timed(open, record('tiny', { machine })), undefined);
  t.is(timed(open, record('tiny', { kind: 'finetune' })), undefined);
  const shapes = 'shapes: [tiny, mini, small, base]';
  const many = expandSweep(await parseSweep(`name: a\n${shapes}\nsteps: 1`, 'a.yaml'));
  t.is(timed(many, record('tiny'), record('mini'), record('mini')), undefined);
  t.is(timed(many, record('tiny'), record('mini'), record('large'))?.steps.length, 3);
});

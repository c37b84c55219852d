import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { appendRecord, loadRecords, type RunRecord } from '../../src/runs/index.js';
import { gatherRecords, type Job, loadJobRecords, loadProgress, runJob, type Work } from '../../src/sweep/index.js';
import { temporaryPath } from '../runs/temporary.js';
import { jobsOf } from './sweeps.js';

/** Work that trains nothing: a record for each point, all in no time. */
function stubWork(change: (record: RunRecord) => object = () => ({})) {
  const did: string[] = [];
  const work: Work = {
    async pretrain({ points, seed, shape }, { folder, signal, tasks, onProgress }) {
      signal.throwIfAborted();
      await mkdir(folder, { recursive: true });
      const file = join(folder, 'records.jsonl');
      const there = await loadRecords(file).then(
        ({ records }) => records,
        () => [],
      );
      for (const point of points) {
        if (there.some(({ planned_steps }) => planned_steps === point)) continue;
        const record = {
          kind: 'pretrain',
          shape,
          seed,
          steps: point,
          planned_steps: point,
          tokens: point * 1024,
        } as const;
        const measured = { name: 'stub', loss: 1 / point, eval_fingerprint: 'windows', toolkit: '0', ...record };
        await appendRecord(file, { ...measured, ...change(measured) });
        did.push(`pretrain ${point}`);
        onProgress(point / points.at(-1)!, 1 / point);
      }
      const { records } = await loadRecords(file);
      return {
        records,
        async fineTune({ point, seed }, steps) {
          did.push(`${tasks.join()} ${point} ${seed}`);
          const scores = Object.fromEntries(tasks.map(task => [task, point / 100]));
          return { name: 'stub', kind: 'finetune', tokens: 0, steps, scores, toolkit: '0' };
        },
      };
    },
  };
  return { work, did };
}

const never = new AbortController().signal;
const run = async (job: Job, work: Work, out: string, signal = never) => runJob(job, { out, work, signal });
const TUNED = ['points: [10, 20]', 'fine_tune: {tasks: [cloze, era], seeds: [7, 8], steps: 30}'];

test('runJob() pre-trains to every point, then fine-tunes each with every seed', async t => {
  const [job] = await jobsOf(...TUNED);
  const out = await temporaryPath('out');
  const { work, did } = stubWork();
  t.is(await run(job, work, out), 'done');
  t.deepEqual(did, [
    'pretrain 10',
    'pretrain 20',
    'cloze,era 10 7',
    'cloze,era 10 8',
    'cloze,era 20 7',
    'cloze,era 20 8',
  ]);
  const { records, missing } = await loadJobRecords(job, { out, sweep: 'small' });
  t.is(missing, 0);
  t.is(records.length, 2 + 4);
  t.like(records[0], { kind: 'pretrain', planned_steps: 10, sweep: 'small', job: job.id });
  t.like(records[5], {
    kind: 'finetune',
    pretrain_steps: 20,
    task: 'cloze+era',
    seed: 8,
    planned_steps: 30,
    job: job.id,
  });
  t.like(loadProgress(join(out, job.id)), { state: 'done', done: 1 });
});

test('runJob() does again nothing that has its record', async t => {
  const [job] = await jobsOf(...TUNED);
  const out = await temporaryPath('out');
  const { work } = stubWork();
  const stop = new AbortController();
  const fails: Work = {
    async pretrain(settings, options) {
      const model = await work.pretrain(settings, options);
      let left = 1;
      return {
        ...model,
        fineTune: (...args) => {
          if (left-- === 0) stop.abort(new Error('enough'));
          stop.signal.throwIfAborted();
          return model.fineTune(...args);
        },
      };
    },
  };
  t.is(await run(job, fails, out, stop.signal), 'stopped');
  t.is(loadProgress(join(out, job.id))?.state, 'stopped');
  t.is((await loadJobRecords(job, { out, sweep: 'small' })).missing, 3);
  const again = stubWork();
  t.is(await run(job, again.work, out), 'done');
  t.deepEqual(again.did, ['cloze,era 10 8', 'cloze,era 20 7', 'cloze,era 20 8']);
});

test('a job that has tasks now is not pre-trained again', async t => {
  const out = await temporaryPath('out');
  const [before] = await jobsOf('steps: 10');
  await run(before, stubWork().work, out);
  const [job] = await jobsOf('steps: 10', 'fine_tune: {tasks: [cloze]}');
  t.is((await loadJobRecords(job, { out, sweep: 'small' })).missing, 1);
  const { work, did } = stubWork();
  await run(job, work, out);
  t.deepEqual(did, ['cloze 10 0']);
});

test('runJob() refuses a run that diverged, and says so in its progress file', async t => {
  const [job] = await jobsOf('steps: 10', 'fine_tune: {tasks: [cloze]}');
  const out = await temporaryPath('out');
  const { work, did } = stubWork(() => ({ loss: undefined, steps: 4 }));
  const message = 'the loss must stay a number, got none after step 4: the run diverged';
  await t.throwsAsync(run(job, work, out), { message });
  t.deepEqual(did, ['pretrain 10']);
  t.like(loadProgress(join(out, job.id)), { state: 'failed', message });
  t.is((await loadJobRecords(job, { out, sweep: 'small' })).missing, 2);
});

test('gatherRecords() writes the records of all jobs in their order, and keeps those of other sweeps', async t => {
  const jobs = await jobsOf('steps: 10', 'seeds: [1, 2, 3]');
  const out = await temporaryPath('out');
  await mkdir(out);
  const other = { name: 'other', kind: 'eval', tokens: 0, toolkit: '0', sweep: 'another' } as const;
  await appendRecord(join(out, 'records.jsonl'), other);
  await appendRecord(join(out, 'records.jsonl'), { ...other, name: 'left from before', sweep: 'small' });
  await run(jobs[2], stubWork().work, out);
  await run(jobs[0], stubWork().work, out);
  const { file, records, done, open } = await gatherRecords(jobs, { out, sweep: 'small' });
  t.deepEqual([done, open], [[jobs[0], jobs[2]], [jobs[1]]]);
  t.deepEqual(
    records.map(({ seed }) => seed),
    [1, 3],
  );
  t.deepEqual((await loadRecords(file)).records, [other, ...records]);
});

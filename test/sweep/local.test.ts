import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { createLocalExecutor, type ExecutorContext, type Job, type JobEvent } from '../../src/sweep/index.js';
import { temporaryPath } from '../runs/temporary.js';
import { jobsOf } from './sweeps.js';

const WORKER = fileURLToPath(new URL('fake-worker.mjs', import.meta.url));

/** Jobs of which each does as told, in a folder of their own. */
async function prepare(...does: readonly string[]) {
  const jobs = await jobsOf('steps: 1', `seeds: [${does.map((_, i) => i)}]`);
  const out = await temporaryPath('out');
  await mkdir(out);
  const file = join(out, 'does.json');
  writeFileSync(file, JSON.stringify(Object.fromEntries(jobs.map(({ id }, i) => [id, { does: does[i] }]))));
  const stop = new AbortController();
  const context: ExecutorContext = {
    file,
    out,
    command: [process.execPath, WORKER],
    expected: new Map(),
    signal: stop.signal,
    onNote: () => {},
  };
  const said = () => (existsSync(join(out, 'said')) ? readFileSync(join(out, 'said'), 'utf8').trim().split('\n') : []);
  return { jobs, context, stop, said };
}

async function collect(
  jobs: readonly Job[],
  context: ExecutorContext,
  { workers = 2, onEvent = (_: JobEvent) => {} } = {},
): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of createLocalExecutor({ workers }).start(jobs, context)) {
    events.push(event);
    onEvent(event);
  }
  return events;
}

/** Job numbers by kind of event. */
const numbersOf = (events: readonly JobEvent[], kind: JobEvent['kind']) =>
  events.filter(event => event.kind === kind).map(({ job }) => job.number);

test('the local executor starts jobs in their order, so many at a time, and tells their progress', async t => {
  const { jobs, context } = await prepare('work', 'work', 'work', 'work');
  let running = 0;
  let most = 0;
  const events = await collect(jobs, context, {
    workers: 3,
    onEvent: ({ kind }) => {
      if (kind === 'progress') return;
      running += kind === 'started' ? 1 : -1;
      most = Math.max(most, running);
    },
  });
  t.is(most, 3);
  t.deepEqual(numbersOf(events, 'started'), [1, 2, 3, 4]);
  t.deepEqual(numbersOf(events, 'done').sort(), [1, 2, 3, 4]);
  const progress = events.find(event => event.kind === 'progress');
  t.like(progress, { progress: { done: 0.5, stage: 'x' } });
});

test('a job that fails says why in one line and stops no other', async t => {
  const { jobs, context } = await prepare('refuse', 'crash', 'exhaust', 'work');
  const events = await collect(jobs, context);
  const failed = events.flatMap(event => (event.kind === 'failed' ? [[event.job.number, event.message]] : [])).sort();
  t.deepEqual(failed, [
    [1, 'the loss must stay a number'],
    [2, 'Error: no such thing'],
    [3, 'its process was ended by SIGKILL, as when memory runs out'],
  ]);
  t.deepEqual(numbersOf(events, 'done'), [4]);
});

test('a command that does not start is a failure of the job', async t => {
  const { jobs, context } = await prepare('work');
  const [event] = (await collect(jobs, { ...context, command: ['/nonesuch/node'] })).slice(-1);
  t.like(event, { kind: 'failed', message: 'spawn /nonesuch/node ENOENT' });
});

test('when the signal aborts, jobs at work write their checkpoints and no other starts', async t => {
  const { jobs, context, stop, said } = await prepare('wait', 'wait', 'wait');
  const events = await collect(jobs, context, {
    onEvent: ({ kind }) => {
      if (kind === 'progress' && said().length === 2) stop.abort(); // both are at work
    },
  });
  t.deepEqual(numbersOf(events, 'started'), [1, 2]);
  t.deepEqual(numbersOf(events, 'stopped').sort(), [1, 2]);
  t.deepEqual(numbersOf(events, 'done'), []);
  t.is(said().filter(line => line.startsWith('checkpoint')).length, 2);
});

test('jobs whose sweep was killed write their checkpoints too', async t => {
  const { jobs, context, said } = await prepare('wait', 'wait');
  const script = `
    import { createLocalExecutor } from ${JSON.stringify(resolve(dirname(WORKER), '../../src/sweep/local.ts'))};
    const { jobs, context } = JSON.parse(process.argv[1]);
    const signal = new AbortController().signal;
    for await (const _ of createLocalExecutor({ workers: 2 }).start(jobs, { ...context, signal }));`;
  const args = ['--import', './register.mjs', '--input-type=module', '-e', script];
  const sweep: ChildProcess = spawn(process.execPath, [...args, JSON.stringify({ jobs, context })], {
    stdio: 'ignore',
  });
  const wait = async (what: string) => {
    while (said().filter(line => line.startsWith(what)).length < 2) await sleep(20);
  };
  await wait('start');
  sweep.kill('SIGKILL');
  await once(sweep, 'exit');
  await wait('checkpoint');
  t.pass();
});

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { JobEvent } from '../../src/sweep/executor.js';
import type { Job } from '../../src/sweep/jobs.js';
import { parseSweep } from '../../src/sweep/load-sweep.js';
import type { SlurmSettings } from '../../src/sweep/schema.js';
import { loadArrays } from '../../src/sweep/slurm/arrays.js';
import type { Answer, Call } from '../../src/sweep/slurm/call.js';
import { createSlurmExecutor } from '../../src/sweep/slurm/executor.js';
import { isTimeLimit, parseSbatch, resourceOptions } from '../../src/sweep/slurm/options.js';
import { readAccounts, readQueue } from '../../src/sweep/slurm/queue.js';
import { settle } from '../../src/sweep/slurm/settle.js';
import { temporaryPath } from '../runs/temporary.js';

// Lines of squeue and sacct are those of Slurm 22.05; test/system/slurm.test.ts runs the real one.

const createJob = (id: string) =>
  ({ number: 1, id, name: `run ${id}`, pretrain: { points: [10] }, fineTune: null }) as unknown as Job;
const [A, B] = ['a', 'b'].map(createJob);

/** A cluster that answers each command with the next of its texts, then again with the last. */
function createCluster(answers: Readonly<Record<string, readonly (string | { refused: string })[]>>) {
  const calls: string[][] = [];
  const left = new Map(Object.entries(answers).map(([command, texts]) => [command, [...texts]]));
  const call: Call = async (command, args) => {
    calls.push([command, ...args]);
    const texts = left.get(command) ?? [{ refused: `no ${command} on the PATH` }];
    const text = texts.length > 1 ? texts.shift()! : texts[0];
    return (typeof text === 'string' ? { text } : text) satisfies Answer;
  };
  return {
    call,
    calls,
    argsOf: (command: string) => calls.filter(([name]) => name === command).map(call => call.slice(1)),
  };
}

const createOut = () => temporaryPath('out');

function writeRecord(out: string, { id }: Job) {
  mkdirSync(join(out, id), { recursive: true });
  const record = { name: id, kind: 'pretrain', tokens: 1, loss: 3, toolkit: 'test', planned_steps: 10 };
  writeFileSync(join(out, id, 'records.jsonl'), `${JSON.stringify(record)}\n`);
}

interface Following {
  readonly settings?: SlurmSettings;
  readonly workers?: number;
  readonly onEvent?: (event: JobEvent, stop: AbortController) => void;
}

/** Events as `KIND ID`, and the notes. */
async function follow(
  jobs: readonly Job[],
  out: string,
  call: Call,
  { settings = {}, workers, onEvent }: Following = {},
) {
  const [stop, events, notes]: [AbortController, string[], string[]] = [new AbortController(), [], []];
  const context = {
    file: '/sweeps/a b.yaml',
    out,
    command: ['node', 'main.js'],
    expected: new Map(),
    signal: stop.signal,
    onNote: (line: string) => void notes.push(line),
  };
  const executor = createSlurmExecutor({ settings, workers, call, tickSeconds: 0.01 });
  for await (const event of executor.start(jobs, context)) {
    events.push([event.kind, event.job.id, ...('message' in event ? [event.message] : [])].join(' '));
    onEvent?.(event, stop);
  }
  return { events, notes };
}

const recordAtStart =
  (out: string): Following['onEvent'] =>
  ({ kind, job }) =>
    kind === 'started' && writeRecord(out, job);

test('the slurm executor submits one array and tells of each run until its records are there', async t => {
  const out = await createOut();
  const { call, argsOf } = createCluster({
    sbatch: ['17;cluster\n'],
    squeue: [
      '0|PENDING|Resources\n1|PENDING|Resources\n',
      '0|RUNNING|None\n1|PENDING|Priority\n',
      '0|COMPLETED|None\n1|RUNNING|None\n',
      '',
    ],
  });
  const { events, notes } = await follow([A, B], out, call, {
    workers: 1,
    settings: { partition: 'short', time: '1:00:00', cpus: 2, sbatch: ['--comment=a b'] },
    onEvent: recordAtStart(out),
  });
  t.deepEqual(events, ['started a', 'done a', 'started b', 'done b']);
  t.deepEqual(notes, [`array 17 is submitted: 2 runs, logs in ${out}/slurm/17_*.log`]);
  const [args] = argsOf('sbatch');
  const wanted = [
    '--partition=short',
    '--time=1:00:00',
    '--cpus-per-task=2',
    '--comment=a b',
    '--array=0-1%1',
    '--requeue',
  ];
  t.deepEqual(
    wanted.filter(option => !args.includes(option)),
    [],
  );
  t.regex(readFileSync(args.at(-1)!, 'utf8'), /TF_NUM_INTRAOP_THREADS=2\n/);
});

test('a follower that stops leaves the array in the queue; the next one attaches to it and submits only what is not there', async t => {
  const out = await createOut();
  const first = createCluster({ sbatch: ['17\n'], squeue: ['0|RUNNING|None\n'] });
  const { notes } = await follow([A], out, first.call, { onEvent: (_, stop) => stop.abort() });
  t.deepEqual(notes.slice(1), ["array 17 goes on: the same command follows it again, 'scancel 17' ends it"]);
  t.deepEqual(first.argsOf('scancel'), []);

  const running = '0|RUNNING|None\n';
  const second = createCluster({ sbatch: ['18\n'], squeue: [running, running, running, '0|COMPLETED|None\n'] });
  const { events } = await follow([A, B], out, second.call, { onEvent: recordAtStart(out) });
  t.deepEqual(events, ['started a', 'started b', 'done a', 'done b']);
  t.is(second.argsOf('sbatch').length, 1);
  const arrays = (await loadArrays(out)).map(({ id, jobs }) => `${id}: ${jobs}`);
  t.deepEqual(arrays, ['17: a', '18: b']);
});

test('a run that is requeued is followed until it is done, and told of', async t => {
  const out = await createOut();
  const squeue = [
    '0|RUNNING|None\n',
    '0|COMPLETING|None\n',
    '0|PENDING|BeginTime\n',
    '0|RUNNING|None\n',
    '0|COMPLETED|None\n',
  ];
  const { call } = createCluster({ sbatch: ['17\n'], squeue });
  const { events, notes } = await follow([A], out, call, { onEvent: recordAtStart(out) });
  t.deepEqual(events, ['started a', 'done a']);
  t.is(notes[1], 'run a is back in the queue');
});

test('a run that failed says why in its own words; the others go on', async t => {
  const out = await createOut();
  mkdirSync(join(out, 'a'), { recursive: true });
  writeFileSync(
    join(out, 'a', 'progress.json'),
    JSON.stringify({ state: 'failed', message: 'its loss must stay a number' }),
  );
  const { call } = createCluster({
    sbatch: ['17\n'],
    squeue: ['0|FAILED|NonZeroExitCode\n1|RUNNING|None\n', '1|COMPLETED|None\n'],
  });
  const { events } = await follow([A, B], out, call, { onEvent: recordAtStart(out) });
  t.deepEqual(events, ['failed a its loss must stay a number', 'started b', 'done b']);
});

for (const state of ['OUT_OF_MEMORY', 'TIMEOUT', 'FAILED'])
  test(`a run that ended as ${state} before it could say why is told of by Slurm's word and the end of its log`, async t => {
    const out = await createOut();
    const { call } = createCluster({ sbatch: ['17\n'], squeue: [`0|${state}|None\n`] });
    mkdirSync(join(out, 'slurm'), { recursive: true });
    writeFileSync(join(out, 'slurm', '17_0.log'), 'begins\nslurmstepd: error: killed\n\n');
    const { events } = await follow([A], out, call);
    t.deepEqual(events, [
      `failed a Slurm says ${state}, and ${out}/slurm/17_0.log ends with: slurmstepd: error: killed`,
    ]);
  });

test('a run that was cancelled is stopped, not failed', async t => {
  const { call } = createCluster({ sbatch: ['17\n'], squeue: ['0|CANCELLED|None\n'] });
  t.deepEqual((await follow([A], await createOut(), call)).events, ['stopped a']);
});

test('a reason to wait that does not pass by itself is told once', async t => {
  const out = await createOut();
  const waits = '0|PENDING|QOSMaxCpuPerUserLimit\n';
  const { call } = createCluster({ sbatch: ['17\n'], squeue: [waits, waits, '0|RUNNING|None\n', ''] });
  const { notes } = await follow([A], out, call, { onEvent: recordAtStart(out) });
  t.deepEqual(notes.slice(1), ['array 17 waits: QOSMaxCpuPerUserLimit']);
});

test('a controller that does not answer is asked again', async t => {
  const out = await createOut();
  const refused = 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)';
  const { call } = createCluster({ sbatch: ['17\n'], squeue: ['0|RUNNING|None\n', { refused }, '0|COMPLETED|None\n'] });
  const { events, notes } = await follow([A], out, call, { onEvent: recordAtStart(out) });
  t.deepEqual(events, ['started a', 'done a']);
  t.is(notes[1], `squeue does not answer and is asked again: ${refused}`);
});

test('nothing is submitted while Slurm does not say what is in the queue', async t => {
  const out = await createOut();
  await follow([A], out, createCluster({ sbatch: ['17\n'], squeue: ['0|CANCELLED|None\n'] }).call);
  const { call, argsOf } = createCluster({ sbatch: ['18\n'], squeue: [{ refused: 'no controller' }] });
  await t.throwsAsync(follow([A], out, call), { message: /^squeue must say .*, got: no controller$/ });
  t.deepEqual(argsOf('sbatch'), []);
});

test("what sbatch refuses is told in sbatch's words", async t => {
  const { call } = createCluster({ sbatch: [{ refused: 'sbatch: error: invalid partition specified: x' }] });
  const message = 'sbatch must take the sweep, got: sbatch: error: invalid partition specified: x';
  await t.throwsAsync(follow([A], await createOut(), call), { message });
});

test('a cluster that limits arrays gets several, one after the other', async t => {
  const { call, argsOf } = createCluster({
    scontrol: ['MaxArraySize            = 1\n'],
    sbatch: ['17\n', '18\n'],
    squeue: ['0|CANCELLED|None\n'],
  });
  await follow([A, B], await createOut(), call);
  t.deepEqual(
    argsOf('sbatch').map(args => args.filter(option => /^--(array|dependency)/.test(option))),
    [['--array=0-0'], ['--array=0-0', '--dependency=afterany:17']],
  );
});

test('an array that Slurm has forgotten has no tasks in the queue', async t => {
  const { call } = createCluster({ squeue: [{ refused: 'slurm_load_jobs error: Invalid job id specified' }] });
  t.deepEqual(await readQueue(call, { id: '17', name: 'x', jobs: [] }), new Map());
});

test('readAccounts reads how tasks ended, and none where there are no accounts', async t => {
  const { call } = createCluster({
    sacct: ['17_0|CANCELLED by 1000|0:0\n17_12|TIMEOUT|0:0\n17_[13-15]|PENDING|0:0\n'],
  });
  const tasks = await readAccounts(call, '17');
  t.is(tasks.get(0)?.state, 'CANCELLED');
  t.is(tasks.get(12)?.phase, 'ended');
  t.is((await readAccounts(createCluster({ sacct: [{ refused: 'disabled' }] }).call, '17')).size, 0);
});

test('a run whose task Slurm has forgotten is given time for its records to show, then failed', async t => {
  const out = await createOut();
  const array = { id: '17', name: 'x', jobs: ['a'] };
  const followed = {
    job: A,
    array,
    place: 0,
    log: '/none',
    folder: join(out, 'a'),
    told: '',
    phase: 'running',
    started: true,
    ended: 0,
  } as const;
  const { call } = createCluster({});
  t.deepEqual(await settle(followed, undefined, { out, call, seconds: 59 }), []);
  const [end] = await settle(followed, undefined, { out, call, seconds: 61 });
  t.deepEqual(end, { kind: 'failed', job: A, message: 'Slurm no longer knows its task, and there is no /none' });
});

test('--sbatch takes options with their values, and leaves those that make the array', t => {
  t.deepEqual(parseSbatch(['--gres=gpu:1 --exclusive', ' --nice=10']), ['--gres=gpu:1', '--exclusive', '--nice=10']);
  t.throws(() => parseSbatch(['--partition short']), {
    message: '--sbatch must be options like --NAME=VALUE, got "short"',
  });
  t.throws(() => resourceOptions({ sbatch: ['--array=1-9'] }), {
    message: /must leave --array to the sweep, got --array=1-9$/,
  });
});

// Formats and units: sbatch(1), --time.
for (const [text, fits] of Object.entries({
  '3': true,
  '2': false,
  '3:00': true,
  '2:59': false,
  '0:03:00': true,
  '0:02:59': false,
  '1-0': true,
  '0-0:3': true,
  '0-0:2:59': false,
  '2-12:00:00': true,
  '1h': false,
  '': false,
}))
  test(`isTimeLimit(${text || "''"}) is ${fits}: three minutes are the least`, t => t.is(isTimeLimit(text), fits));

const REFUSED: Readonly<Record<string, RegExp>> = {
  'partion: short': /^s.yaml, line 4: unknown key "partion"; did you mean partition\?/,
  'time: 2': /^s.yaml, line 4: slurm.time must be a time of 3 minutes or more as Slurm writes it .*, got 2$/,
  'cpus: 0': /^s.yaml, line 4: slurm.cpus must be a whole number in \[1, 1024\], got 0$/,
  'memory: lots': /^s.yaml, line 4: slurm.memory must be megabytes, or a number with K, M, G or T, got "lots"$/,
  "sbatch: ['-p short']": /^s.yaml, line 4: slurm.sbatch\[1\] must be an option of sbatch, e.g. .*, got "-p short"$/,
};
for (const [setting, message] of Object.entries(REFUSED))
  test(`a sweep file is refused that asks Slurm for ${setting}`, t =>
    t.throwsAsync(parseSweep(`name: s\nshapes: [tiny]\nsteps: 1\nslurm: { ${setting} }\n`, 's.yaml'), { message }));

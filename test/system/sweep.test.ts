import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkComparable, loadRecords } from '../../src/runs/index.js';
import { expandSweep, type Job, loadProgress, loadSweep } from '../../src/sweep/index.js';
import { shapelaw } from '../cli/run.js';
import { temporaryFile } from '../runs/temporary.js';
import { tfTest } from '../trainer/with-tensorflow.js';

// Real runs in real processes, killed and interrupted in the middle.

const SWEEP = `
name: small
corpus: moby-dick
shapes:
  - {base: tiny, DM: [16, 32], NL: 2, ff_ratio: 4, head_width: 16}
points: [200, 400]
seeds: [0, 1]
eval_windows: 64
checkpoint_seconds: 0.5
`;

const root = (file: string) => join(dirname(file), 'out');
const runSweep = (file: string, ...options: string[]) => shapelaw('sweep', file, '--out', root(file), ...options);

/** Starts a sweep without waiting for its end. */
function startSweep(file: string) {
  const args = ['--import', './register.mjs', 'src/cli/main.ts', 'sweep', file, '--out', root(file)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', part => (said += part));
  return { child, ended: once(child, 'exit') as Promise<[number | null]>, said: () => said };
}

const reportOf = (file: string, job: Job) => loadProgress(join(root(file), job.id));

/** The first job whose process is in the middle of its run, and that process. */
async function findMiddle(file: string, jobs: readonly Job[]): Promise<{ job: Job; pid: number }> {
  for (;;) {
    for (const job of jobs) {
      const report = reportOf(file, job);
      const pid = pidOf(file, job);
      if (report?.state === 'running' && report.done > 0.3 && report.done < 0.7 && isAlive(pid)) return { job, pid };
    }
    await sleep(20);
  }
}

/** Process at work on the job, as the lock of its run folder tells it; 0 where there is none. */
function pidOf(file: string, job: Job): number {
  const lock = join(root(file), job.id, 'lock');
  return existsSync(lock) ? JSON.parse(readFileSync(lock, 'utf8')).pid : 0;
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

const losses = async (file: string) => {
  const { records } = await loadRecords(join(root(file), 'records.jsonl'));
  return checkComparable(records).map(({ job, steps, loss }) => ({ job, steps, loss }));
};

tfTest('a sweep that is killed and interrupted ends with the losses of one that is not, to the bit', async t => {
  t.timeout(1_200_000);
  const whole = await temporaryFile('small.yaml', SWEEP);
  const broken = await temporaryFile('small.yaml', SWEEP);
  const jobs = expandSweep(await loadSweep(broken));
  const first = await runSweep(whole);
  t.is(first.code, 0, first.stderr);

  // 1. a worker is killed: its job fails in one line, the others go on
  const one = startSweep(broken);
  const { job: victim, pid: worker } = await findMiddle(broken, jobs);
  process.kill(worker, 'SIGKILL');
  t.deepEqual(await one.ended, [1, null] as never);
  t.regex(one.said(), new RegExp(`job ${victim.number} failed: .*: its process was ended by SIGKILL`));
  t.regex(one.said(), /\n3 of 4 jobs done; this goes on: shapelaw sweep /);

  // 2. the sweep itself is killed: its workers write their checkpoints and end
  for (const job of jobs.filter(job => job !== victim).slice(1))
    rmSync(join(root(broken), job.id), { recursive: true });
  const two = startSweep(broken);
  const { job: orphan, pid } = await findMiddle(broken, jobs);
  two.child.kill('SIGKILL');
  await two.ended;
  while (isAlive(pid)) await sleep(20);
  t.is(reportOf(broken, orphan)?.state, 'stopped');

  // 3. Ctrl-C
  const three = startSweep(broken);
  const { job: stopped } = await findMiddle(broken, jobs);
  three.child.kill('SIGINT');
  t.deepEqual(await three.ended, [130, null] as never);
  t.is(reportOf(broken, stopped)?.state, 'stopped');
  t.regex(three.said(), /this goes on: shapelaw sweep /);

  // 4. to the end, and once more with nothing to do
  const last = await runSweep(broken);
  t.is(last.code, 0, last.stderr);
  t.deepEqual(await losses(broken), await losses(whole));
  const again = await runSweep(broken);
  t.is(again.code, 0, again.stderr);
  t.regex(again.stdout, /\n4 jobs, 4 done; 0 FLOP to go\n/);
  await t.notThrowsAsync(fitAsAdvised(again.stdout));
});

/** Runs the command that the summary ends with. */
async function fitAsAdvised(summary: string): Promise<void> {
  const [, line] = /^fit them: shapelaw (.+)$/m.exec(summary) ?? [];
  if (line === undefined) throw new Error(`no advice in ${summary}`);
  const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare);
  const { code, stderr } = await shapelaw(...args);
  if (code !== 0) throw new Error(stderr);
}

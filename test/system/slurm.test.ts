import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { tensorflowMissing } from '../../src/trainer/load-tensorflow.js';
import { temporaryPath } from '../runs/temporary.js';
import { slurmMissing, startSlurm } from './slurm/start.js';

// A real Slurm of one node runs real training. Where Slurm is not installed this is skipped, but never in CI.

const missing = slurmMissing() ?? (await tensorflowMissing());
if (missing && !process.env.CI) console.log(`skipped: ${missing}`);

/** A run takes seconds, but this long on a machine that has much else to do. */
const MOST_SECONDS = 600;

const slurmTest = (title: string, body: (t: ExecutionContext) => Promise<void>) => {
  if (missing) return process.env.CI ? test(title, t => t.fail(missing)) : test.skip(title, body);
  test.serial(title, t => {
    t.timeout(MOST_SECONDS * 1000);
    return body(t);
  });
};

const folder = await temporaryPath('a sweep $(touch owned) %j');
mkdirSync(folder);

const slurm = missing ? undefined : await startSlurm();
test.after.always(() => slurm?.stop());

const SWEEP = `
name: four
shapes: [tiny-nh1-kv8-dm16-ff32-nl1, tiny-nh2-kv8-dm16-ff32-nl1]
vocab: 300
corpus: moby-dick
enc_len: 32
eval_windows: 16
steps: 2500
seeds: [0, 1]
slurm: { partition: main, cpus: 1 }
`;

/** The command line in a process of its own, with what it said so far. */
function sweep(name: string, yaml: string, ...args: readonly string[]) {
  const file = join(folder, 'it\'s "a" sweep.yaml');
  writeFileSync(file, yaml);
  const out = join(folder, name);
  const command = ['--import', './register.mjs', 'src/cli/main.ts', 'sweep', file, '--out', out, ...args];
  const env = { ...process.env, ...slurm?.env, TF_NUM_INTRAOP_THREADS: '1' };
  const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [said, printed] = ['', ''];
  child.stdout.on('data', text => (printed += text));
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (said += text));
  return { child, out, said: () => said, printed: () => printed };
}

const exitCode = async (child: ChildProcess) => child.exitCode ?? (await once(child, 'exit'))[0];

async function until<Value>(what: string, find: () => Value | undefined | false): Promise<Value> {
  for (const start = performance.now(); performance.now() - start < MOST_SECONDS * 1000; await sleep(50)) {
    const found = find();
    if (found) return found;
  }
  throw new Error(`${what} did not come`);
}

const readJson = (file: string) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined);
const scontrol = (...args: string[]) =>
  execFileSync('scontrol', args, { env: { ...process.env, ...slurm?.env }, encoding: 'utf8' });

/** Records without what the clock decided. */
function records(out: string) {
  const lines = readFileSync(join(out, 'records.jsonl'), 'utf8').trim().split('\n');
  return lines.map(line => {
    const { started, seconds_per_step, peak_flops_per_second, peak_share, peak_memory_bytes, ...decided } =
      JSON.parse(line);
    return decided;
  });
}

/** The run of a job: the process that was told its id. */
function findRun(id: string): number | undefined {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  const words = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    } catch {
      return []; // it has ended
    }
  };
  const found = pids.find(pid => words(pid).includes('--job') && words(pid).includes(id));
  return found === undefined ? undefined : Number(found);
}

slurmTest('a sweep of four runs on this machine gives four records', async t => {
  const { child, out, said } = sweep('local', SWEEP, '--workers', '2');
  t.is(await exitCode(child), 0, said());
  t.is(records(out).length, 4);
});

slurmTest(
  'the same through Slurm, to the bit, with a run requeued, a run killed and the follower gone meanwhile',
  async t => {
    const first = sweep('slurm', SWEEP, '--executor', 'slurm', '--workers', '2');
    const { out } = first;
    const array = await until('an array', () => readJson(`${out}/slurm/arrays.json`)?.[0]);
    const [requeued, killed] = array.jobs;
    const progress = (id: string) => readJson(`${out}/${id}/progress.json`);
    const trains = (id: string) => () => progress(id)?.stage === 'pre-training' && progress(id).done > 0.05;

    const kill = until('a run to kill', trains(killed)).then(() => process.kill(findRun(killed)!, 'SIGKILL'));
    await until('a run to requeue', trains(requeued));
    scontrol('requeue', `${array.id}_0`);
    const stopped = await until('a checkpoint', () => progress(requeued).state === 'stopped' && progress(requeued));
    t.true(stopped.done > 0 && stopped.done < 1);
    await kill;

    first.child.kill('SIGINT');
    t.is(await exitCode(first.child), 130);
    t.regex(first.said(), new RegExp(`array ${array.id} goes on: the same command follows it again`));

    const second = sweep('slurm', SWEEP, '--executor', 'slurm', '--workers', '2');
    const started = () => progress(requeued).state !== 'stopped' && progress(requeued).stage !== 'starting';
    const resumed = await until('the requeued run', () => started() && progress(requeued));
    t.true(resumed.done >= stopped.done);
    t.is(await exitCode(second.child), 0, second.said());
    t.regex(second.said(), new RegExp(`array ${array.id} is in the queue already`));
    t.is(readJson(`${out}/slurm/arrays.json`).length, 1);
    t.regex(scontrol('show', 'job', `${array.id}_0`), /Restarts=1/);
    t.regex(readFileSync(`${out}/slurm/${array.id}_1.log`, 'utf8'), /ended by signal 9, attempt 1 of 3/);
    t.deepEqual(records(out), records(join(folder, 'local')));
  },
);

slurmTest('runs that fail through Slurm say why, and the command fails', async t => {
  const fails = SWEEP.replace('steps: 2500', 'steps: 20\nrate: 1.0e+37').replace(/, tiny.*\]/, ']');
  const plan = sweep('fails', fails, '--dry-run', '--json', '--executor', 'slurm');
  t.is(await exitCode(plan.child), 0, plan.said());
  const [, { id }] = JSON.parse(plan.printed()).jobs;
  mkdirSync(plan.out);
  writeFileSync(join(plan.out, id), 'a file where the run folder should be');
  const { child, said } = sweep('fails', fails, '--executor', 'slurm', '--sbatch', '--nice=1');
  t.is(await exitCode(child), 1, said());
  t.regex(said(), /job 1 failed: .* must stay a number/);
  t.regex(said(), /job 2 failed: .* Slurm says FAILED, and .*_1\.log ends with: .*EEXIST/);
});

slurmTest('a partition that Slurm does not have is refused in its words', async t => {
  const { child, said } = sweep('refused', SWEEP, '--executor', 'slurm', '--sbatch', '--partition=none');
  t.is(await exitCode(child), 2);
  t.regex(said(), /^shapelaw: sbatch must take the sweep, got: .*invalid partition specified: none/m);
});

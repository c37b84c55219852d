import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { writeScript } from '../../src/sweep/slurm/script.js';
import { temporaryPath } from '../runs/temporary.js';

/** A folder with a batch script, a scontrol that notes what it is asked, and a run of the given JavaScript. */
async function prepare(run: string, jobs: readonly string[] = ['first', 'second'], args: readonly string[] = []) {
  const folder = await temporaryPath('tasks');
  mkdirSync(folder);
  const say = `const { appendFileSync } = require('node:fs'); const say = line => appendFileSync('said', line + '\\n');`;
  writeFileSync(join(folder, 'scontrol'), `#!/bin/sh\necho "scontrol $*" >>said\n`);
  chmodSync(join(folder, 'scontrol'), 0o755);
  writeFileSync(join(folder, 'run.cjs'), `${say}\n${run}`);
  const command = [process.execPath, join(folder, 'run.cjs'), ...args];
  writeFileSync(join(folder, 'batch.sh'), writeScript({ folder, command, jobs, threads: undefined }));
  const said = () =>
    existsSync(join(folder, 'said')) ? readFileSync(join(folder, 'said'), 'utf8').trim().split('\n') : [];
  return { folder, said };
}

const start = (folder: string, place = 1) =>
  spawn('bash', [join(folder, 'batch.sh')], {
    stdio: 'ignore',
    env: {
      ...process.env,
      PATH: `${folder}:${process.env.PATH}`,
      SLURM_ARRAY_JOB_ID: '7',
      SLURM_ARRAY_TASK_ID: String(place),
    },
  });

const exitCode = async (script: ChildProcess) => (await once(script, 'exit'))[0];

/** Waits for the run to say that it began, and gives its process id. */
async function begun(said: () => string[], times = 1): Promise<number> {
  for (;;) {
    const starts = said().filter(line => line.startsWith('began '));
    if (starts.length >= times) return Number(starts[times - 1].slice('began '.length));
    await sleep(20);
  }
}

const BEGIN = `say('began ' + process.pid);`;
const RUNS = `${BEGIN} setInterval(() => {}, 1000);`;
const CHECKPOINTS = `process.on('SIGTERM', () => { say('checkpoint'); setTimeout(() => process.exit(130), 100); });`;

const HOSTILE = [
  "it's",
  '$(touch owned)',
  '`touch owned`',
  '"; touch owned; "',
  '-n',
  '',
  'a  b',
  '\\',
  '*',
  'é\n#SBATCH -J x',
  '%j',
];

test('a batch script hands every argument on as it is, whatever it holds', async t => {
  const { folder, said } = await prepare(`say(JSON.stringify(process.argv.slice(2)));`, HOSTILE, HOSTILE);
  for (const place of [0, 4, 9]) t.is(await exitCode(start(folder, place)), 0);
  t.deepEqual(
    said().map(line => JSON.parse(line)),
    [0, 4, 9].map(place => [...HOSTILE, HOSTILE[place]]),
  );
  t.false(readdirSync(folder).includes('owned'));
});

test('a batch script ends as its run does, and starts no run again that ended by itself', async t => {
  const { folder, said } = await prepare(`${BEGIN} process.exit(2);`);
  t.is(await exitCode(start(folder)), 2);
  t.is(said().length, 1);
});

test('a batch script starts a run again that was killed', async t => {
  const { folder, said } =
    await prepare(`${BEGIN} if (require('node:fs').readFileSync('said', 'utf8').split('\\n').length > 2)
    process.exit(0); setInterval(() => {}, 1000);`);
  const ended = exitCode(start(folder));
  process.kill(await begun(said), 'SIGKILL');
  t.is(await ended, 0);
  t.is(said().length, 2);
});

test('a batch script gives up on a run that is killed three times', async t => {
  const { folder, said } = await prepare(`${BEGIN} process.kill(process.pid, 'SIGKILL');`);
  t.is(await exitCode(start(folder)), 137);
  t.is(said().length, 3);
});

test('near the time limit the run is asked for a checkpoint, and its task is requeued after that', async t => {
  const { folder, said } = await prepare(`${CHECKPOINTS} ${RUNS}`);
  writeFileSync(join(folder, 'sleep'), '#!/bin/sh\n'); // Slurm would end the script here
  chmodSync(join(folder, 'sleep'), 0o755);
  const script = start(folder);
  await begun(said);
  script.kill('SIGUSR1');
  t.is(await exitCode(script), 130);
  t.deepEqual(said().slice(1), ['checkpoint', 'scontrol requeue 7_1']);
});

test('a run that ends well near the time limit is not requeued', async t => {
  const { folder, said } = await prepare(`process.on('SIGTERM', () => process.exit(0)); ${RUNS}`);
  const script = start(folder);
  await begun(said);
  script.kill('SIGUSR1');
  t.is(await exitCode(script), 0);
  t.is(said().length, 1);
});

test('a task that Slurm ends waits for the checkpoint, and is neither started again nor requeued', async t => {
  const { folder, said } = await prepare(`${CHECKPOINTS} ${RUNS}`);
  const script = start(folder);
  const run = await begun(said);
  for (const pid of [script.pid!, run]) process.kill(pid, 'SIGTERM');
  t.is(await exitCode(script), 130);
  t.deepEqual(said().slice(1), ['checkpoint']);
});

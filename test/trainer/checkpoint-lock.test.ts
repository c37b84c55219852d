import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { lockFolder } from '../../src/trainer/lock.js';
import { newFolder } from './folder.js';

const HOLD = `import { lockFolder } from './src/trainer/lock.ts';
try { await lockFolder(process.argv[1]); console.log('held'); setInterval(() => {}, 1000); }
catch (error) { console.log(error.message); }`;

/** A process that takes the lock, and what it said first. */
async function hold(folder: string): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, ['--import', './register.mjs', '--input-type=module', '-e', HOLD, folder]);
  const [said] = await once(child.stdout!, 'data');
  return { child, said: String(said).trim() };
}

/** The lock's owner with another machine's name, as a cluster's file system would show it. */
function moveOwner(folder: string, change: Record<string, unknown>): void {
  const owner = JSON.parse(readFileSync(`${folder}/lock`, 'utf8'));
  writeFileSync(
    `${folder}/lock`,
    JSON.stringify({ ...owner, token: 'other', realm: 'elsewhere', host: 'node7', ...change }),
  );
}

test('lockFolder() of a folder that is held is refused in one line until it is released', async t => {
  const folder = newFolder();
  const lock = await lockFolder(folder);
  await t.throwsAsync(lockFolder(folder), {
    instanceOf: InputError,
    message: `${folder} must be free, got process ${process.pid} on ${hostname()} at work in it`,
  });
  await lock.release();
  await (await lockFolder(folder)).release();
  t.deepEqual(readdirSync(folder), []);
});

test('lockFolder({waitSeconds}) waits for a living owner to release it', async t => {
  const folder = newFolder();
  const lock = await lockFolder(folder);
  const second = lockFolder(folder, { waitSeconds: 60 });
  await lock.release();
  await (await second).release();
  t.deepEqual(readdirSync(folder), []);
});

test('lockFolder() goes through at once where the owner was killed, and not while it lives', async t => {
  const folder = newFolder();
  const { child, said } = await hold(folder);
  t.is(said, 'held');
  await t.throwsAsync(lockFolder(folder), { message: new RegExp(`got process ${child.pid} on`) });
  child.kill('SIGKILL');
  await once(child, 'exit');
  await (await lockFolder(folder)).release();
});

test('lockFolder() tells a new process from a dead one of the same pid', async t => {
  const folder = newFolder();
  const lock = await lockFolder(folder);
  const owner = JSON.parse(readFileSync(`${folder}/lock`, 'utf8'));
  writeFileSync(`${folder}/lock`, JSON.stringify({ ...owner, token: 'dead', born: '1' }));
  await (await lockFolder(folder)).release();
  await t.throwsAsync(lock.check(), { message: /lock must stay that of this process, got none: it was taken over$/ });
});

test('of many takers of a dead lock one gets it', async t => {
  const folder = newFolder();
  await lockFolder(folder);
  moveOwner(folder, { realm: JSON.parse(readFileSync(`${folder}/lock`, 'utf8')).realm, born: '1' });
  const takers = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
  t.is(takers.filter(({ status }) => status === 'fulfilled').length, 1);
  t.deepEqual(readdirSync(folder), ['lock']);
});

test('lockFolder() of another machine waits for a sign of life, and takes the folder where none comes', async t => {
  const folder = newFolder();
  await lockFolder(folder);
  moveOwner(folder, {});
  const notes: string[] = [];
  await (await lockFolder(folder, { watchSeconds: 0.2, onNote: line => notes.push(line) })).release();
  t.deepEqual(notes, [`${folder}/lock is of process ${process.pid} on node7: waiting up to 0.2 s for a sign of life`]);
});

test('lockFolder() of another machine is refused at a sign of life', async t => {
  const folder = newFolder();
  await lockFolder(folder);
  moveOwner(folder, {});
  const beat = setInterval(() => utimesSync(`${folder}/lock`, new Date(), new Date()), 10);
  await t.throwsAsync(lockFolder(folder, { watchSeconds: 5 }), { message: /got process \d+ on node7 at work in it$/ });
  clearInterval(beat);
});

test('lockFolder() does not wait for another machine that was silent for long, nor for its own earlier start', async t => {
  const silent = newFolder();
  await lockFolder(silent);
  moveOwner(silent, {});
  utimesSync(`${silent}/lock`, new Date(0), new Date(0));
  await (await lockFolder(silent, { watchSeconds: 1e6 })).release();
  const requeued = newFolder();
  await lockFolder(requeued);
  moveOwner(requeued, { job: '17', restart: 0 });
  Object.assign(process.env, { SLURM_JOB_ID: '17', SLURM_RESTART_COUNT: '1' });
  await (await lockFolder(requeued, { watchSeconds: 1e6 })).release();
  for (const name of ['SLURM_JOB_ID', 'SLURM_RESTART_COUNT']) delete process.env[name];
  t.pass();
});

test('lockFolder() refuses a lock that it cannot read', async t => {
  const folder = newFolder();
  writeFileSync(`${folder}/lock`, 'mine');
  await t.throwsAsync(lockFolder(folder), {
    instanceOf: InputError,
    message: /lock must be a lock that the trainer wrote, got "mine"/,
  });
});

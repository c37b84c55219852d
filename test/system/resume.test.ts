import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { build } from 'esbuild';
import { createRandom, type Random } from '../../src/base/index.js';
import type { LossPoint, TrainRecord } from '../../src/trainer/index.js';
import { newFolder, numbersOf } from '../trainer/folder.js';
import { tfTest } from '../trainer/with-tensorflow.js';

// Real processes, ended by kill -9 at random moments: at the start, in a step, in the middle of writing a checkpoint.

const root = mkdtempSync(join(tmpdir(), 'shapelaw-resume-'));
process.once('exit', () => rmSync(root, { recursive: true, force: true }));
const child = join(root, 'test', 'system', 'train-child.mjs');

test.before('one file, so that a process starts fast', async () => {
  mkdirSync(join(root, 'test', 'system'), { recursive: true });
  for (const name of ['node_modules', 'package.json']) symlinkSync(resolve(name), join(root, name));
  await build({
    entryPoints: ['test/system/train-child.ts'],
    outfile: child,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
});

interface Result {
  readonly records: readonly TrainRecord[];
  readonly losses: readonly LossPoint[];
}

type Engine = 'toy' | 'real';
type Options = Readonly<Record<string, unknown>>;

const start = (folder: string, engine: Engine, options: Options): ChildProcess =>
  spawn(process.execPath, [child, folder, engine, JSON.stringify(options)]);

async function finish(process: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  process.stdout!.on('data', data => {
    stdout += data;
  });
  process.stderr!.on('data', data => {
    stderr += data;
  });
  const [code] = await once(process, 'close');
  return { code, stdout, stderr };
}

async function runWhole(folder: string, engine: Engine, options: Options): Promise<Result> {
  const { code, stdout, stderr } = await finish(start(folder, engine, options));
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  return JSON.parse(stdout) as Result;
}

/** Kills a process after some tens of steps, one in six before the first ones, and at any moment within them. */
async function killAtRandom(process: ChildProcess, random: Random, most: number): Promise<boolean> {
  const ended = once(process, 'exit');
  const tens = random.integer(6) === 0 ? 0 : random.integer(most) + 1;
  if (tens > 0) await Promise.race([waitForTens(process, tens), ended]);
  await Promise.race([sleep((tens > 0 ? 20 : 1500) * random.uniform()), ended]);
  process.kill('SIGKILL');
  const [, signal] = await ended;
  return signal === 'SIGKILL';
}

const waitForTens = (process: ChildProcess, tens: number) =>
  new Promise<void>(resolve => {
    let seen = 0;
    process.stderr!.on('data', (data: Buffer) => {
      seen += data.toString().split('.').length - 1;
      if (seen >= tens) resolve();
    });
  });

interface Kills {
  readonly engine: Engine;
  readonly options: Options;
  readonly kills: number;
  readonly seed: number;
  /** Tens of steps that a process may take. */
  readonly most: number;
}

async function survives(t: ExecutionContext, { engine, options, kills, seed, most }: Kills): Promise<void> {
  t.timeout(300_000);
  const whole = await runWhole(newFolder(), engine, options);
  const folder = newFolder();
  const random = createRandom(seed);
  for (let kill = 0; kill < kills; kill++) {
    const killed = await killAtRandom(start(folder, engine, options), random, most);
    t.true(killed, `the run was over before kill ${kill + 1}: it must be longer`);
  }
  const saved = readdirSync(folder).filter(name => /^checkpoint(\.previous)?\.safetensors$/.test(name));
  t.true(saved.length > 0, 'no process came to a checkpoint');
  const { records, losses } = await runWhole(folder, engine, options);
  t.deepEqual(losses, whole.losses);
  t.deepEqual(records.map(numbersOf), whole.records.map(numbersOf));
  t.deepEqual(
    readdirSync(folder).filter(name => /checkpoint|^lock$|tmp$/.test(name)),
    [],
  );
}

const often = { checkpointSeconds: 0.02 };
const cases: [string, Kills][] = [
  [
    'a checkpoint after every step',
    { engine: 'toy', options: { steps: 2000, dropout: 0.2, checkpointSeconds: 0 }, kills: 15, seed: 1, most: 10 },
  ],
  [
    'a trunk with branches',
    { engine: 'toy', options: { points: [1000, 3000, 6000], ...often }, kills: 10, seed: 2, most: 60 },
  ],
];
for (const [what, kills] of cases)
  test.serial(
    `a run of ${what}, killed ${kills.kills} times, has the record of one that was not, to the bit`,
    survives,
    kills,
  );

const real: [string, Kills][] = [
  [
    'Adam with dropout',
    { engine: 'real', options: { steps: 1100, dropout: 0.1, ...often }, kills: 10, seed: 3, most: 9 },
  ],
  [
    'Adafactor in micro-batches',
    {
      engine: 'real',
      options: { steps: 1100, optimizer: 'adafactor', accumulate: 2, ...often },
      kills: 10,
      seed: 4,
      most: 9,
    },
  ],
  [
    'several points',
    { engine: 'real', options: { points: [300, 1100], evaluateEvery: 100, ...often }, kills: 10, seed: 5, most: 9 },
  ],
];
for (const [what, kills] of real)
  tfTest(`a T5 by ${what}, killed ${kills.kills} times, has the record of one that was not, to the bit`, t =>
    survives(t, kills),
  );

test.serial('SIGTERM and SIGINT end a run after its step with a checkpoint, and it goes on from there', async t => {
  const options = { steps: 8000, checkpointSeconds: 1000 };
  const whole = await runWhole(newFolder(), 'toy', options);
  const folder = newFolder();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const process = start(folder, 'toy', options);
    await once(process.stderr!, 'data');
    process.kill(signal);
    t.regex((await finish(process)).stderr, new RegExp(`stopped by ${signal}`));
    t.false(existsSync(`${folder}/lock`));
    t.true(statSync(`${folder}/checkpoint.safetensors`).size > 0);
  }
  const { losses } = await runWhole(folder, 'toy', options);
  t.deepEqual(losses, whole.losses);
});

test.serial('two processes on one folder: one trains, the other is refused in one line', async t => {
  const folder = newFolder();
  const options = { steps: 3000 };
  const ends = await Promise.all([1, 2, 3].map(() => finish(start(folder, 'toy', options))));
  t.deepEqual(ends.map(({ code }) => code).sort(), [0, 2, 2]);
  for (const { code, stderr } of ends)
    if (code === 2) t.regex(stderr, /^\S+ must be free, got process \d+ on \S+ at work in it\n$/);
});

test.serial('a file size limit leaves the last good checkpoint, a line, and no half file', async t => {
  const folder = newFolder();
  const options = { steps: 8000, checkpointSeconds: 0.05 };
  const first = start(folder, 'toy', options);
  await once(first.stderr!, 'data');
  await sleep(300);
  first.kill('SIGKILL');
  await once(first, 'exit');
  const good = readFileSync(`${folder}/checkpoint.safetensors`);
  const limited = spawn('sh', [
    '-c',
    'ulimit -f 2; exec "$@"',
    'sh',
    process.execPath,
    child,
    folder,
    'toy',
    JSON.stringify(options),
  ]);
  const { code, stderr } = await finish(limited);
  t.is(code, 2);
  t.deepEqual(
    stderr.match(/must take a checkpoint, got EFBIG; the last good one stays and the run goes on/g)?.length,
    1,
    stderr,
  );
  t.true(good.equals(readFileSync(`${folder}/checkpoint.safetensors`)));
  t.deepEqual(
    readdirSync(folder).filter(name => name.endsWith('.tmp') || name.startsWith('model')),
    [],
  );
  const whole = await runWhole(newFolder(), 'toy', options);
  t.deepEqual((await runWhole(folder, 'toy', options)).losses, whole.losses);
});

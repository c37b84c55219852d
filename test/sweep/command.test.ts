import { dirname, join } from 'node:path';
import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { runSweep, type SweepCommandOptions } from '../../src/cli/commands/sweep.js';
import { countParams } from '../../src/cost/index.js';
import { parseShape } from '../../src/shape/index.js';
import { shapelaw } from '../cli/run.js';
import { temporaryFile } from '../runs/temporary.js';
import { sweepText } from './sweeps.js';

// A sweep for Slurm times nothing on this machine: its dry run starts no training.

const TEXT = sweepText('points: [500, 1000]', 'seeds: [3, 4]', 'fine_tune: {tasks: [cloze], steps: 100}');

test('sweep --dry-run prints every job and the sum before anything runs', async t => {
  const file = await temporaryFile('small.yaml', TEXT);
  const { code, stdout, stderr } = await shapelaw('sweep', file, '--dry-run', '--executor', 'slurm');
  t.is(code, 0, stderr);
  t.regex(stdout, /^job +shape +settings +N non-emb. +steps +tokens +compute +time\n/);
  t.regex(stdout, /\n +2 +tiny-nh3-kv5-dm7-ff11-nl2-v512 +2 points to 1000 steps, seed 4 .* \?\n/);
  t.regex(stdout, /\n2 jobs, 0 done; [\d.]+ GFLOP to go, fine-tuning not counted\n/);
  t.regex(stdout, /\neach point is fine-tuned on cloze for 100 steps, seeds 0\ntime: unknown/);
});

test('sweep --dry-run --json is one document, with the counts of the cost room', async t => {
  const file = await temporaryFile('small.yaml', TEXT);
  const out = join(dirname(file), 'runs');
  const { stdout } = await shapelaw('sweep', file, '--dry-run', '--json', '--executor', 'slurm', '--out', out);
  const { sweep, jobs, ...rest } = JSON.parse(stdout);
  t.like(rest, { out });
  t.is(sweep, 'small');
  t.is(jobs.length, 2);
  t.like(jobs[0], {
    number: 1,
    state: 'open',
    params: countParams({ ...parseShape('tiny-nh3-kv5-dm7-ff11-nl2'), vocab_size: 512 }).total,
    tokens: 1000 * 8 * 128,
    expected_seconds: null,
  });
});

const REFUSED: readonly [what: string, options: Partial<SweepCommandOptions>, message: RegExp][] = [
  ['a job that is not there', { job: '3' }, /^--job must be a number in \[1, 2\] or the id of a job of .*, got "3"$/],
  ['an executor of no name', { executor: 'ray' }, /^unknown executor "ray"/],
  ['half a worker', { workers: '0.5' }, /^--workers must be a whole number from 1 and up, got "0.5"$/],
];
for (const [what, options, message] of REFUSED)
  test(`sweep refuses ${what} in one line`, async t => {
    const file = await temporaryFile('small.yaml', TEXT);
    const run = runSweep(file, { executor: 'local', dryRun: true, ...options });
    const { message: said } = await t.throwsAsync(run, { instanceOf: InputError });
    t.regex(said, message);
  });

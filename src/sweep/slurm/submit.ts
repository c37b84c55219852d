import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fail } from '../../base/index.js';
import { type ExecutorContext, jobCommand } from '../executor.js';
import type { Job } from '../jobs.js';
import type { SlurmSettings } from '../schema.js';
import { loadArrays, type SubmittedArray, saveArrays, slurmFolder } from './arrays.js';
import type { Call } from './call.js';
import { resourceOptions } from './options.js';
import { writeScript } from './script.js';

export interface SubmitOptions {
  readonly settings: SlurmSettings;
  /** Tasks that may run at once; default: as many as the cluster lets. */
  readonly workers?: number;
  readonly call: Call;
}

/** Seconds before the time limit at which Slurm warns the script. */
const WARNING_SECONDS = 60;

/**
 * Hands the jobs to Slurm: one array, or several one after the other where the cluster holds an array to fewer tasks.
 * Each is written down as soon as Slurm has it, so that no job is ever in the queue twice.
 */
export async function submitJobs(
  jobs: readonly Job[],
  context: ExecutorContext,
  options: SubmitOptions,
): Promise<SubmittedArray[]> {
  const most = await readMaxArraySize(options.call);
  const arrays: SubmittedArray[] = [];
  for (let start = 0; start < jobs.length; start += most) {
    const ids = jobs.slice(start, start + most).map(({ id }) => id);
    arrays.push(await submitArray(ids, context, options, arrays.at(-1)?.id));
  }
  return arrays;
}

/** Places in an array count from 0 and stay below Slurm's MaxArraySize, 1001 where it is not set. */
async function readMaxArraySize(call: Call): Promise<number> {
  const answer = await call('scontrol', ['show', 'config']);
  const size = 'text' in answer ? /^MaxArraySize\s*=\s*(\d+)/m.exec(answer.text) : null;
  return Math.max(1, Number(size?.[1] ?? 1001));
}

async function submitArray(
  jobs: readonly string[],
  context: ExecutorContext,
  { settings, workers, call }: SubmitOptions,
  before: string | undefined,
): Promise<SubmittedArray> {
  const { file, out } = context;
  const known = await loadArrays(out);
  const folder = slurmFolder(out);
  const script = `${folder}/${known.length + 1}.sh`;
  const command = jobCommand(context, '').slice(0, -1);
  await mkdir(folder, { recursive: true });
  await writeFile(script, writeScript({ folder: process.cwd(), command, jobs, threads: settings.cpus }));
  const name = arrayName(file, out);
  const answer = await call('sbatch', [
    '--ntasks=1',
    ...resourceOptions(settings),
    '--parsable',
    `--job-name=${name}`,
    `--array=0-${jobs.length - 1}${workers === undefined ? '' : `%${workers}`}`,
    '--requeue',
    `--signal=B:USR1@${WARNING_SECONDS}`,
    `--output=${logPattern(folder)}`,
    '--open-mode=append',
    ...(before === undefined ? [] : [`--dependency=afterany:${before}`]),
    script,
  ]);
  // ID, or ID;CLUSTER
  const id = 'text' in answer ? /^(\d+)(;|$)/m.exec(answer.text.trim())?.[1] : undefined;
  if (id === undefined) fail(`sbatch must take the sweep, got: ${'text' in answer ? answer.text : answer.refused}`);
  const array = { id, name, jobs };
  await saveArrays(out, [...known, array]);
  return array;
}

/** Slurm replaces what begins with % in the name of a log, and nothing in one that has a backslash. */
const logPattern = (folder: string) =>
  folder.includes('\\')
    ? fail(`--out must hold no backslash for Slurm, got ${folder}`)
    : `${folder.replaceAll('%', '%%')}/%A_%a.log`;

/** Tells sweeps apart in the queue, and has no sign that Slurm reads as more than a name. */
function arrayName(file: string, out: string): string {
  const hash = createHash('sha256').update(out).digest('hex').slice(0, 8);
  return `${basename(file)
    .replace(/\.ya?ml$/, '')
    .replace(/[^\w.-]/g, '_')}-${hash}`;
}

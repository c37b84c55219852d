import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { fail, shown } from '../../base/index.js';
import type { Job } from '../jobs.js';

/** A job array that this sweep submitted. */
export interface SubmittedArray {
  /** Slurm's id. */
  readonly id: string;
  /** Its name in the queue. */
  readonly name: string;
  /** Ids of the jobs by place in the array. */
  readonly jobs: readonly string[];
}

/** A job, and where it stands in an array. */
export interface PlacedJob {
  readonly job: Job;
  readonly array: SubmittedArray;
  /** From 0. */
  readonly place: number;
}

export const placeJobs = (jobs: readonly Job[], array: SubmittedArray): PlacedJob[] =>
  jobs.map(job => ({ job, array, place: array.jobs.indexOf(job.id) })).filter(({ place }) => place >= 0);

/** The folder of scripts, logs and the list of arrays. */
export const slurmFolder = (out: string) => `${out}/slurm`;
const arraysFile = (out: string) => `${slurmFolder(out)}/arrays.json`;

/** All that were ever submitted, the latest last. */
export async function loadArrays(out: string): Promise<SubmittedArray[]> {
  const text = await readFile(arraysFile(out), 'utf8').catch(ifMissing);
  if (text === undefined) return [];
  try {
    return JSON.parse(text) as SubmittedArray[];
  } catch {
    return fail(`${arraysFile(out)} must be the list of submitted arrays, got ${shown(text)}`);
  }
}

/** Whole or not at all. */
export async function saveArrays(out: string, arrays: readonly SubmittedArray[]): Promise<void> {
  await mkdir(slurmFolder(out), { recursive: true });
  const draft = `${arraysFile(out)}.draft`;
  await writeFile(draft, `${JSON.stringify(arrays, null, 2)}\n`, { flush: true });
  await rename(draft, arraysFile(out));
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

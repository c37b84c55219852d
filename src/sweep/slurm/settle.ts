import { readFile } from 'node:fs/promises';
import type { JobEvent } from '../executor.js';
import { loadJobRecords } from '../job-records.js';
import { loadProgress } from '../progress-file.js';
import type { Call } from './call.js';
import type { Followed } from './follow.js';
import { readAccounts, type Task } from './queue.js';

export interface SettleOptions {
  readonly out: string;
  readonly call: Call;
  /** Since Slurm first said that the task had ended. */
  readonly seconds: number;
}

/** States after which nothing comes any more, neither a record nor a new start. */
const FINAL = ['CANCELLED', 'DEADLINE', 'FAILED', 'OUT_OF_MEMORY', 'TIMEOUT'];
/** A folder that machines share may show a record so much later than it was written. */
const PATIENCE_SECONDS = 60;

/**
 * How a task ended: its records decide, and where they are not whole the run says why, or Slurm. No event while that may
 * change.
 */
export async function settle(
  { job, array, place, folder, log }: Followed,
  task: Task | undefined,
  { out, call, seconds }: SettleOptions,
): Promise<JobEvent[]> {
  const { missing } = await loadJobRecords(job, { out, sweep: '' });
  if (missing === 0) return [{ kind: 'done', job }];
  const end = task ?? (await readAccounts(call, array.id)).get(place);
  if (!FINAL.includes(end?.state ?? '') && seconds < PATIENCE_SECONDS) return [];
  if (end?.state === 'CANCELLED') return [{ kind: 'stopped', job }];
  const report = loadProgress(folder);
  if (end?.state === 'FAILED' && report?.state === 'failed' && report.message !== undefined)
    return [{ kind: 'failed', job, message: report.message }];
  const says = end ? `Slurm says ${end.state}` : 'Slurm no longer knows its task';
  return [{ kind: 'failed', job, message: `${says}, ${await lastWords(log)}` }];
}

async function lastWords(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '');
  const lines = text.split('\n').map(line => line.trim());
  const last = lines.findLast(line => line !== '');
  return last === undefined ? `and there is no ${log}` : `and ${log} ends with: ${last}`;
}

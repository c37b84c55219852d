import { existsSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { loadRecords, type RunRecord } from '../runs/index.js';
import { type JobRecords, loadJobRecords, type SweepRecord } from './job-records.js';
import type { Job } from './jobs.js';

export interface Gathered {
  /** `<out>/records.jsonl`. */
  readonly file: string;
  /** Of this sweep's jobs, in their order. */
  readonly records: readonly SweepRecord[];
  /** What the file held before, of whichever sweep. */
  readonly before: readonly RunRecord[];
  readonly done: readonly Job[];
  readonly open: readonly Job[];
}

/**
 * Reads every job's records and writes them as one file, whole or not at all. Records of other sweeps that share the
 * folder stay in it.
 */
export async function gatherRecords(
  jobs: readonly Job[],
  where: { readonly out: string; readonly sweep: string },
): Promise<Gathered> {
  const each: JobRecords[] = [];
  for (const job of jobs) each.push(await loadJobRecords(job, where));
  const file = join(where.out, 'records.jsonl');
  const records = each.flatMap(job => job.records);
  const before = existsSync(file) ? (await loadRecords(file)).records : [];
  const others = before.filter(({ sweep }) => sweep !== where.sweep);
  if (records.length > 0) await writeLines(file, [...others, ...records]);
  return {
    file,
    records,
    before,
    done: jobs.filter((_, i) => each[i].missing === 0),
    open: jobs.filter((_, i) => each[i].missing > 0),
  };
}

async function writeLines(file: string, records: readonly RunRecord[]): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true });
  const draft = `${file}.${process.pid}`;
  const handle = await open(draft, 'w');
  try {
    await handle.writeFile(records.map(record => `${JSON.stringify(record)}\n`).join(''));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}

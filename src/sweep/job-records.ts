import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadRecords, type RunRecord } from '../runs/index.js';
import type { Job } from './jobs.js';
import { runFolder } from './progress-file.js';

// A run folder holds the records of pre-training, which the trainer writes, and in a folder of its own those of
// fine-tuning, one for each point and seed.

/** One fine-tuning that a job owes. */
export interface Due {
  /** Steps of pre-training before it. */
  readonly point: number;
  readonly seed: number;
}

/** A record of a sweep: that of a run, and whose it is. */
export interface SweepRecord extends RunRecord {
  readonly sweep: string;
  readonly job: string;
}

/** Fine-tuning's own part of a run folder. */
export const fineTuneFolder = (out: string, job: Job) => join(runFolder(out, job), 'fine-tune');

/** The fine-tuning that a job owes, in the order in which it is done. */
export const fineTuneDues = ({ pretrain, fineTune }: Job): Due[] =>
  fineTune === null ? [] : pretrain.points.flatMap(point => fineTune.seeds.map(seed => ({ point, seed })));

/** What a record of fine-tuning is found by. */
export const dueFields = ({ fineTune }: Job, { point, seed }: Due) => ({
  task: [...fineTune!.tasks].sort().join('+'),
  seed,
  planned_steps: fineTune!.steps,
  pretrain_steps: point,
});

/** The record of each due, where it is there. */
export async function loadFineTuned(job: Job, out: string): Promise<(RunRecord | undefined)[]> {
  const records = await loadFile(join(fineTuneFolder(out, job), 'records.jsonl'));
  return fineTuneDues(job).map(due => {
    const fields = Object.entries(dueFields(job, due));
    return records.find(record => fields.every(([name, value]) => record[name] === value));
  });
}

export interface JobRecords {
  readonly records: readonly SweepRecord[];
  /** Records that the job still owes: none when it is done. A run that diverged owes its loss for good. */
  readonly missing: number;
}

/** The records of a job that are there: those of its points, then those of its fine-tuning. */
export async function loadJobRecords(job: Job, { out, sweep }: { out: string; sweep: string }): Promise<JobRecords> {
  const pretrained = await loadFile(join(runFolder(out, job), 'records.jsonl'));
  const owed = [
    ...job.pretrain.points.map(point => pretrained.find(({ planned_steps }) => planned_steps === point)),
    ...(await loadFineTuned(job, out)),
  ];
  const there = owed.filter(record => record !== undefined);
  const whole = there.filter(({ kind, loss }) => kind !== 'pretrain' || loss !== undefined);
  return { records: there.map(record => ({ ...record, sweep, job: job.id })), missing: owed.length - whole.length };
}

const loadFile = async (file: string) => (existsSync(file) ? (await loadRecords(file)).records : []);

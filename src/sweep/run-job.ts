import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../base/index.js';
import { appendRecord, type RunRecord } from '../runs/index.js';
import { pretrainShare } from './job-cost.js';
import { type Due, dueFields, fineTuneDues, fineTuneFolder, loadFineTuned } from './job-records.js';
import type { Job, PretrainSettings } from './jobs.js';
import { createReporter, type Reporter, runFolder } from './progress-file.js';

export interface WorkOptions {
  /** Ends the work after the step it is in, with a checkpoint; its reason is thrown. */
  readonly signal: AbortSignal;
  /** @param done share of this piece of work, in [0, 1] */
  readonly onProgress: (done: number, loss?: number) => void;
}

/** A pre-trained model. */
export interface Model {
  /** One a point. A point where the run diverged has no loss. */
  readonly records: readonly RunRecord[];
  fineTune(due: Due, steps: number, options: WorkOptions): Promise<RunRecord>;
}

export interface PretrainOptions extends WorkOptions {
  readonly folder: string;
  readonly checkpointSeconds: number;
  /** What the models are to be fine-tuned on: refused before the training where the text does not give them. */
  readonly tasks: readonly string[];
}

/** What a job's process does; tests put a stub in its place. */
export interface Work {
  /** Trains into the folder, goes on from what is there, or finds it done. */
  pretrain(settings: PretrainSettings, options: PretrainOptions): Promise<Model>;
}

export interface RunJobOptions {
  readonly out: string;
  readonly work: Work;
  /** Ends the job with a checkpoint. */
  readonly signal: AbortSignal;
}

/** Runs one job in this process to its end, or until the signal aborts. What is done already is not done again. */
export async function runJob(job: Job, { out, work, signal }: RunJobOptions): Promise<'done' | 'stopped'> {
  const folder = runFolder(out, job);
  const reporter = createReporter(folder);
  const share = pretrainShare(job);
  try {
    const model = await work.pretrain(job.pretrain, {
      folder,
      signal,
      checkpointSeconds: job.checkpointSeconds,
      tasks: job.fineTune?.tasks ?? [],
      onProgress: (done, loss) => reporter.running({ done: done * share, stage: 'pre-training', loss }),
    });
    const lost = model.records.find(({ loss }) => loss === undefined);
    if (lost) fail(`the loss must stay a number, got none after step ${lost.steps}: the run diverged`);
    await fineTuneAll(job, model, { out, signal, reporter });
    reporter.end({ state: 'done' });
    return 'done';
  } catch (error) {
    const stopped = signal.aborted && error === signal.reason;
    reporter.end(stopped ? { state: 'stopped' } : { state: 'failed', message: firstLine(error) });
    if (!stopped) throw error;
    return 'stopped';
  }
}

const firstLine = (error: unknown) => String(error instanceof Error ? error.message : error).split('\n')[0];

interface FineTuning extends Pick<RunJobOptions, 'out' | 'signal'> {
  readonly reporter: Reporter;
}

async function fineTuneAll(job: Job, model: Model, { out, signal, reporter }: FineTuning): Promise<void> {
  const dues = fineTuneDues(job);
  const there = await loadFineTuned(job, out);
  const before = pretrainShare(job);
  for (const [i, due] of dues.entries()) {
    if (there[i]) continue;
    signal.throwIfAborted();
    const onProgress = (done: number, loss?: number) =>
      reporter.running({
        done: before + ((1 - before) * (i + done)) / dues.length,
        stage: `fine-tuning after ${due.point} steps, seed ${due.seed}`,
        loss,
      });
    const record = await model.fineTune(due, job.fineTune!.steps, { signal, onProgress });
    const folder = fineTuneFolder(out, job);
    await mkdir(folder, { recursive: true });
    await appendRecord(join(folder, 'records.jsonl'), { ...record, ...dueFields(job, due) });
  }
}

import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { promisify } from 'node:util';
import { median } from 'simple-statistics';
import { fail } from '../base/index.js';
import type { RunRecord } from '../runs/index.js';
import { type Shape, shapeName } from '../shape/index.js';
import type { TrainRecord } from '../trainer/index.js';
import type { TimedStep, Timing } from './expect.js';
import type { Gathered } from './gather.js';
import type { Job } from './jobs.js';
import type { Probe } from './probe.js';
import { loadProgress, runFolder } from './progress-file.js';

/** Where no run says how long a process takes to its first step. */
const START_SECONDS = 5;

/**
 * Step times from the records that are there: of this processor, on one thread. None where they are of fewer than three
 * shapes and of fewer than are open.
 */
export function timeFromRecords({ open, done, before, records }: Gathered, out: string): Timing | undefined {
  const steps = [...before, ...records].filter(isOfThisMachine).map(toTimedStep);
  const shapes = (timed: readonly { readonly shape: Shape }[]) =>
    new Set(timed.map(({ shape }) => shapeName(shape))).size;
  const wanted = Math.min(3, shapes(open.map(({ pretrain }) => pretrain)));
  if (shapes(steps.map(({ settings }) => settings)) < wanted) return undefined;
  const starts = [...done, ...open].flatMap(job => loadProgress(runFolder(out, job))?.start_seconds ?? []);
  return { steps, startSeconds: starts.length > 0 ? median(starts) : START_SECONDS };
}

const isOfThisMachine = (record: RunRecord): record is TrainRecord => {
  const { kind, machine } = record as Partial<TrainRecord>;
  return kind === 'pretrain' && machine?.cpu === cpus()[0].model && machine.threads === 1;
};

const toTimedStep = (record: TrainRecord): TimedStep => ({
  settings: { shape: record.shape, batch: record.batch, accumulate: record.accumulate, encLen: record.enc_len },
  seconds: record.seconds_per_step,
});

/** Step times from a process of their own: TensorFlow would stay in this one. */
export async function timeByProbe(jobs: readonly Job[], command: readonly string[]): Promise<Timing> {
  const { steps, startSeconds } = JSON.parse(await runCommand(command)) as Probe;
  const byId = new Map(jobs.map(job => [job.id, job.pretrain]));
  return { steps: steps.map(({ job, seconds }) => ({ settings: byId.get(job)!, seconds })), startSeconds };
}

/** What a command prints; where it fails, its last line is the reason. */
async function runCommand([program, ...args]: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, {
      env: { TF_NUM_INTRAOP_THREADS: '1', ...process.env },
    });
    return stdout;
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    return fail((stderr.trim().split('\n').at(-1) || message).replace(/^shapelaw: /, ''));
  }
}

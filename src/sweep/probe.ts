import { median } from 'simple-statistics';
import { type TrainOptions, trainRun } from '../trainer/index.js';
import { costJob } from './job-cost.js';
import type { Job } from './jobs.js';
import { loadData, trainOptions } from './trainer-work.js';

/** What a probe tells, as plain JSON. */
export interface Probe {
  readonly steps: readonly { readonly job: string; readonly seconds: number }[];
  /** From the start of a process to its first step. */
  readonly startSeconds: number;
}

/** Training time for each job that is probed, and steps at least: the first ones are slower. */
const PROBE_SECONDS = 1.5;
const PROBE_STEPS = 4;

/** Jobs of different shapes whose step has the least, the middle and the most FLOPs. */
export function pickProbes(jobs: readonly Job[]): Job[] {
  const byShape = new Map(jobs.map(job => [JSON.stringify(job.pretrain.shape), job]));
  const sorted = [...byShape.values()].sort((a, b) => costJob(a).stepFlops - costJob(b).stepFlops);
  return [...new Set([sorted[0], sorted[sorted.length >> 1], sorted[sorted.length - 1]])];
}

/** Times some steps of up to three jobs, in a process that was started for nothing else. */
export async function probeJobs(jobs: readonly Job[]): Promise<Probe> {
  const picked = pickProbes(jobs);
  const begun = performance.now() / 1000;
  const text = { ...picked[0].pretrain, evalWindows: 16 };
  await loadData(text); // what it makes of the text is kept for the jobs to find
  const loading = startTimer();
  const data = await loadData(text);
  const loaded = loading();
  const timed = [];
  for (const { id, pretrain } of picked) {
    const { points: _, ...options } = trainOptions(pretrain);
    const first = await timeRun({ ...options, data, seconds: PROBE_SECONDS });
    const enough = first.steps >= PROBE_STEPS;
    timed.push({ job: id, ...(enough ? first : await timeRun({ ...options, data, steps: PROBE_STEPS })) });
  }
  const startSeconds = begun + loaded + median(timed.map(({ building }) => building));
  return { steps: timed.map(({ job, seconds }) => ({ job, seconds })), startSeconds };
}

/** Of a short run: its steps, the seconds of one, and what it took besides. */
async function timeRun(options: TrainOptions) {
  const whole = startTimer();
  const { steps, seconds_per_step: seconds } = (await trainRun(options)).record;
  return { steps, seconds, building: whole() - steps * seconds };
}

function startTimer(): () => number {
  const begin = performance.now();
  return () => (performance.now() - begin) / 1000;
}

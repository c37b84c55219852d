import type { JobEvent, JobProgress } from './executor.js';
import { countWall } from './expect.js';
import type { Job } from './jobs.js';

/** A sweep under way, as its events tell it. */
export interface Pace {
  /** @param now seconds on any clock */
  note(event: JobEvent, now: number): void;
  /** Share of the whole sweep, jobs done before included, in [0, 1]. */
  share(): number;
  /** Seconds left at the pace so far; undefined while nothing tells. */
  left(now: number): number | undefined;
  /** Jobs at work, in the order of their start. */
  running(): ReadonlyMap<Job, JobProgress>;
  /** Why each job that failed did. */
  readonly failed: ReadonlyMap<Job, string>;
  readonly done: ReadonlySet<Job>;
  readonly stopped: ReadonlySet<Job>;
}

export interface PaceOptions {
  /** Jobs to do, in the order in which they start. */
  readonly open: readonly Job[];
  /** Of each job, in one unit: expected seconds, or FLOPs where no times are known. */
  readonly weight: (job: Job) => number;
  /** Whether weights are seconds: then there is a time left before anything has run. */
  readonly inSeconds: boolean;
  /** Sum of the weights of jobs that were done before. */
  readonly before: number;
  readonly workers: number;
  readonly now: number;
}

/** Share of the open work after which the pace so far counts, and expected times no more. */
const ENOUGH = 0.02;

export function createPace({ open, weight, inSeconds, before, workers, now: begun }: PaceOptions): Pace {
  const running = new Map<Job, JobProgress>();
  const failed = new Map<Job, string>();
  const done = new Set<Job>();
  const stopped = new Set<Job>();
  const found = new Map<Job, number>();
  const all = open.reduce((sum, job) => sum + weight(job), 0);
  let busy = 0; // worker-seconds
  let last = begun;

  const shareOf = (job: Job) => (done.has(job) || failed.has(job) ? 1 : (running.get(job)?.done ?? 0));
  const sum = (term: (job: Job) => number) => open.reduce((total, job) => total + weight(job) * term(job), 0);
  const tick = (now: number) => {
    busy += (now - last) * running.size;
    last = now;
  };
  return {
    failed,
    done,
    stopped,
    running: () => running,
    note(event, now) {
      tick(now);
      const { job } = event;
      if (event.kind === 'started') running.set(job, { done: 0, found: 0, stage: 'starting' });
      else if (event.kind === 'progress') {
        found.set(job, event.progress.found);
        running.set(job, event.progress);
      } else {
        running.delete(job);
        if (event.kind === 'failed') failed.set(job, event.message);
        else (event.kind === 'done' ? done : stopped).add(job);
      }
    },
    share: () => (before + sum(shareOf)) / (before + all || 1),
    left(now) {
      tick(now);
      const work = sum(job => (failed.has(job) ? 0 : shareOf(job) - (found.get(job) ?? 0)));
      const measured = work > ENOUGH * all;
      if (!measured && !inSeconds) return undefined;
      const rate = measured ? busy / work : 1;
      const rest = open.filter(job => shareOf(job) < 1).map(job => rate * weight(job) * (1 - shareOf(job)));
      return countWall(rest, workers);
    },
  };
}

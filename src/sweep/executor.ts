import type { Job } from './jobs.js';

/** What all executors are told. */
export interface ExecutorContext {
  /** The sweep file, absolute. */
  readonly file: string;
  /** The folder of the run folders, absolute. */
  readonly out: string;
  /** How this program is started: `[...command, 'sweep', file, ...]` in the same working folder. */
  readonly command: readonly string[];
  /** Expected wall clock of a job, seconds on one core of the machine that asked, by the job's id. */
  readonly expected: ReadonlyMap<string, number>;
  /** When it aborts the events end; local jobs stop with a checkpoint before that, those in a queue go on. */
  readonly signal: AbortSignal;
  /** One line for people that is about no job's end. */
  readonly onNote: (line: string) => void;
}

/** How far a job is, as its process writes it to `progress.json` in the job's run folder. */
export interface JobProgress {
  /** Share of the whole job, in [0, 1]: pre-training and fine-tuning together. */
  readonly done: number;
  /** Share that earlier processes had done. */
  readonly found: number;
  /** What it does, for people, e.g. `pre-training`. */
  readonly stage: string;
  /** The latest training loss, nats per target token. */
  readonly loss?: number;
}

export type JobEvent =
  | { readonly kind: 'started'; readonly job: Job }
  | { readonly kind: 'progress'; readonly job: Job; readonly progress: JobProgress }
  /** Its records are whole, in its run folder. */
  | { readonly kind: 'done'; readonly job: Job }
  /** `message`: one line that says why. The other jobs go on. */
  | { readonly kind: 'failed'; readonly job: Job; readonly message: string }
  /** Stopped by the signal or cut off; goes on from its checkpoint when it is started again. */
  | { readonly kind: 'stopped'; readonly job: Job };

/**
 * A place where jobs run, each in a process of its own that does `jobCommand` and writes only into its run folder.
 * Jobs come in the order in which they should start. The events end when no job is left or the signal has aborted.
 */
export interface Executor {
  readonly name: 'local' | 'slurm';
  start(jobs: readonly Job[], context: ExecutorContext): AsyncIterable<JobEvent>;
}

/** The command line of one job; `which` is the job's id, or what a shell replaces by it. */
export const jobCommand = ({ command, file, out }: ExecutorContext, which: string): string[] => [
  ...command,
  'sweep',
  file,
  '--out',
  out,
  '--job',
  which,
];

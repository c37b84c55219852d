import { countFlops } from '../cost/index.js';
import { evaluate } from './evaluate.js';
import type { LossPoint } from './loop.js';
import { type Course, type Standing, saveStanding } from './standing.js';

// What happens between steps: held-out losses on the way, progress, signs of life, checkpoints, and the end on demand.

export interface Progress extends LossPoint {
  /** Share of the whole run that is done, in (0, 1]. */
  readonly done: number;
  /** Encoder tokens, over the last steps. */
  readonly tokensPerSecond: number;
  /** Of the machine's fastest matmul, over the last steps. */
  readonly peakShare: number;
}

export interface WatchOptions {
  readonly onProgress?: (progress: Progress) => void;
  /** Remarks of one line: what went wrong and was got over. */
  readonly onNote?: (line: string) => void;
  /** A checkpoint after so many steps is whole. */
  readonly onCheckpoint?: (steps: number) => void;
  /** Ends the run after the step it is in, with a checkpoint; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Between checkpoints; default 30. */
  readonly checkpointSeconds?: number;
}

export interface Watch {
  /** @param done share of the whole run */
  afterStep(done: number): Promise<void>;
  /** A checkpoint now. */
  save(): Promise<void>;
}

/** How long the event loop may be kept from its other work. */
const BREATH_SECONDS = 0.05;
const now = () => performance.now() / 1000;

export function createWatch(course: Course, standing: Standing, options: WatchOptions): Watch {
  const { folder } = course;
  const { onProgress, signal } = options;
  const save = createSave(course, standing, options);
  const rate = createRate(course);
  let breath = now();
  return {
    save: save.now,
    async afterStep(done) {
      const { losses, stepSeconds } = standing.history;
      const point = pointOf(course, losses.length, losses[losses.length - 1]);
      onProgress?.({ ...point, done, ...rate(stepSeconds[losses.length - 1]) });
      evaluateOnTheWay(course, standing);
      if (now() - breath >= BREATH_SECONDS) {
        await new Promise(setImmediate);
        await folder?.lock.beat();
        breath = now();
      }
      if (signal?.aborted) {
        await save.now();
        signal.throwIfAborted();
      }
      if (save.due()) await save.now();
    },
  };
}

const pointOf = ({ settings, data }: Course, step: number, loss: number): LossPoint => ({
  step,
  tokens: step * settings.batch * data.plan.encLen,
  loss,
});

function evaluateOnTheWay(course: Course, { history }: Standing): void {
  const { evaluateEvery } = course.settings;
  const step = history.losses.length;
  if (evaluateEvery === null || step % evaluateEvery !== 0) return;
  const loss = evaluate(course.engine, course.data.heldOut);
  if (loss !== undefined) history.evaluations.push(pointOf(course, step, loss));
}

/** A disk that takes no checkpoint ends no run: it is said once, the last good one stays, and the next try comes in time. */
function createSave(
  course: Course,
  standing: Standing,
  { onNote, onCheckpoint, checkpointSeconds = 30 }: WatchOptions,
) {
  const { folder } = course;
  let saved = now();
  let failure = '';
  return {
    due: () => folder !== undefined && now() - saved >= checkpointSeconds,
    now: async () => {
      if (folder === undefined) return;
      saved = now();
      try {
        await saveStanding(folder, course, standing);
        failure = '';
        onCheckpoint?.(standing.history.losses.length);
      } catch (error) {
        if (!(error instanceof Error && 'syscall' in error)) throw error;
        const { code } = error as NodeJS.ErrnoException;
        if (code !== failure)
          onNote?.(`${folder.path} must take a checkpoint, got ${code}; the last good one stays and the run goes on`);
        failure = code!;
      }
    },
  };
}

/** Mean over about the last 20 steps. */
const RECENT = 20;

function createRate({ settings: { shape, batch }, data: { plan }, machine }: Course) {
  const flops = countFlops(shape, { batch, encLen: plan.encLen, decLen: plan.decLen }).trainStep;
  let seconds = 0;
  let steps = 0;
  return (last: number) => {
    seconds += (last - seconds) / Math.min(++steps, RECENT);
    return { tokensPerSecond: (batch * plan.encLen) / seconds, peakShare: flops / seconds / machine.peak };
  };
}

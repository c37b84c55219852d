import { median } from 'simple-statistics';
import { countFlops } from '../cost/index.js';
import { type Shape, sameShape } from '../shape/index.js';
import { costJob, FINE_TUNE_STEP, workloadOf } from './job-cost.js';
import type { Job, PretrainSettings } from './jobs.js';

/** A step as it was measured on this machine, on one thread. */
export interface TimedStep {
  readonly settings: Pick<PretrainSettings, 'shape' | 'batch' | 'accumulate' | 'encLen'>;
  readonly seconds: number;
}

/** What expected times are made of. */
export interface Timing {
  readonly steps: readonly TimedStep[];
  /** From the start of a job's process to its first step. */
  readonly startSeconds: number;
}

/**
 * The time of a step: launching its kernels takes a time for each layer of each micro-batch, and their work a time for
 * each FLOP. Both are the least squares of relative errors over the measured steps; neither is below 0. A step that was
 * measured is what it was.
 */
export function fitStepTime(steps: readonly TimedStep[]): (settings: TimedStep['settings']) => number {
  const [perLayer, perFlop] = fitTwo(
    steps.map(({ settings, seconds }) => {
      const [layers, flops] = sizeOf(settings);
      return [layers / seconds, flops / seconds];
    }),
  );
  return settings => {
    const own = steps.filter(step => sameStep(step.settings, settings));
    if (own.length > 0) return median(own.map(({ seconds }) => seconds));
    const [layers, flops] = sizeOf(settings);
    return perLayer * layers + perFlop * flops;
  };
}

/** The a, b >= 0 that bring every a x + b y nearest to 1; all is y's where the rows do not tell the two apart. */
function fitTwo(rows: readonly (readonly [x: number, y: number])[]): [a: number, b: number] {
  const sum = (term: (x: number, y: number) => number) => rows.reduce((total, [x, y]) => total + term(x, y), 0);
  const [x, y, xx, xy, yy] = [
    sum(x => x),
    sum((_, y) => y),
    sum(x => x * x),
    sum((x, y) => x * y),
    sum((_, y) => y * y),
  ];
  const determinant = xx * yy - xy * xy;
  const [a, b] = [(x * yy - y * xy) / determinant, (y * xx - x * xy) / determinant];
  if (!(determinant > 1e-9 * xx * yy) || a < 0) return [0, y / yy];
  return b < 0 ? [x / xx, 0] : [a, b];
}

function sizeOf(settings: TimedStep['settings']): [layers: number, flops: number] {
  const { shape, accumulate } = settings;
  return [accumulate * layersOf(shape), countFlops(shape, workloadOf(settings)).trainStep];
}

const layersOf = ({ num_layers, num_decoder_layers }: Shape) => num_layers + num_decoder_layers;

const sameStep = (a: TimedStep['settings'], b: TimedStep['settings']) =>
  sameShape(a.shape, b.shape) && a.batch === b.batch && a.accumulate === b.accumulate && a.encLen === b.encLen;

/** Held-out windows go through in batches of 16, forward only: a third of a step's work. */
const EVAL_BATCH = 16;

/** Seconds that each job should take in a process of its own, by its id. */
export function expectSeconds(jobs: readonly Job[], { steps, startSeconds }: Timing): Map<string, number> {
  const stepTime = fitStepTime(steps);
  return new Map(
    jobs.map(job => {
      const { pretrain } = job;
      const evaluation = stepTime({ ...pretrain, batch: EVAL_BATCH, accumulate: 1 }) / 3;
      const evaluations = pretrain.points.length * Math.ceil(pretrain.evalWindows / EVAL_BATCH);
      const { steps, fineTuneSteps } = costJob(job);
      const tuning = fineTuneSteps * stepTime({ ...FINE_TUNE_STEP, shape: pretrain.shape });
      return [job.id, startSeconds + steps * stepTime(pretrain) + evaluations * evaluation + tuning];
    }),
  );
}

/** How long `workers` processes take for jobs that start in this order. */
export function countWall(seconds: readonly number[], workers: number): number {
  const free = new Array<number>(Math.max(1, Math.min(workers, seconds.length))).fill(0);
  for (const job of seconds) {
    const next = free.indexOf(Math.min(...free));
    free[next] += job;
  }
  return Math.max(...free);
}

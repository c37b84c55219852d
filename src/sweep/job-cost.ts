import { countFlops, countParams, type Workload } from '../cost/index.js';
import { branchStep, FINE_TUNE, planSpans, recipeOf, type Schedule } from '../trainer/index.js';
import type { Job, PretrainSettings } from './jobs.js';

/** What a job's pre-training costs, by count. */
export interface JobCost {
  readonly params: number;
  readonly nonEmbedding: number;
  /** Encoder tokens of the longest point. */
  readonly tokens: number;
  /** Optimiser steps that are really done: what several points share counts once. */
  readonly steps: number;
  /** Of one step, forward and backward. */
  readonly stepFlops: number;
  /** Of all steps. */
  readonly flops: number;
  /** Fine-tuning in steps of `FINE_TUNE_STEP`, scoring included: about, since tasks are not built yet. */
  readonly fineTuneSteps: number;
}

/** A step of fine-tuning: the tasks' inputs are about so long with 512 ids. */
export const FINE_TUNE_STEP = { batch: FINE_TUNE.batch, accumulate: 1, encLen: 64 } as const;

/** Decoding the validation split of a task eight times and its test split once takes as long as so many steps. */
const SCORING_STEPS = 100;

export function costJob({ pretrain, fineTune }: Job): JobCost {
  const { shape, batch, encLen, points, optimizer, schedule } = pretrain;
  const params = countParams(shape);
  const stepFlops = countFlops(shape, workloadOf(pretrain)).trainStep;
  const steps = countSteps(points, recipeOf(optimizer, shape, schedule ?? undefined).schedule);
  return {
    params: params.total,
    nonEmbedding: params.nonEmbedding,
    tokens: points[points.length - 1] * batch * encLen,
    steps,
    stepFlops,
    flops: steps * stepFlops,
    fineTuneSteps: fineTune
      ? points.length * fineTune.seeds.length * fineTune.tasks.length * (fineTune.steps + SCORING_STEPS)
      : 0,
  };
}

/** Pre-training's share of a job's work, in (0, 1]. */
export function pretrainShare(job: Job): number {
  const { flops, fineTuneSteps } = costJob(job);
  return flops / (flops + fineTuneSteps * countFlops(job.pretrain.shape, workloadOf(FINE_TUNE_STEP)).trainStep);
}

/** What one optimiser step sees. */
export const workloadOf = ({ batch, encLen }: Pick<PretrainSettings, 'batch' | 'encLen'>): Workload => ({
  batch,
  encLen,
  decLen: planSpans(encLen).decLen,
});

/** Steps of the trunk and of every branch. */
export function countSteps(points: readonly number[], schedule: Schedule): number {
  if (points.length === 1) return points[0];
  const branches = points.map(point => branchStep(schedule, point));
  return points.reduce((sum, point, i) => sum + point - branches[i], Math.max(...branches));
}

import { fail, unknownName } from '../base/index.js';
import type { Shape } from '../shape/index.js';
import type { Group } from './params.js';
import type { Schedule, ScheduleName } from './schedule.js';

/**
 * How a shape is trained. Tuned at 0.2M parameters and 1M tokens of the Brown corpus (held-out nats, one seed):
 * one rate for all 4.46; embedding times 10 4.13; times 30 4.01; times 100 4.00. The tied embedding starts at 1 and its
 * logits are scaled by d_model^-0.5, so it has to move in absolute terms.
 */
export const RECIPE = {
  /** Adam. Source of the betas: tuning as above; .999 loses .02. */
  beta1: 0.9,
  beta2: 0.98,
  epsilon: 1e-8,
  /** Largest L2 norm of the whole gradient. */
  clip: 1,
  /** The rate rises over this many steps or this share of the run, whichever is shorter. */
  warmupSteps: 50,
  warmupShare: 0.1,
  /** Then it stays, and falls linearly to 0 over this last share of the run. */
  decayShare: 0.2,
  embedding: 0.09,
  /** At d_model 64 and 2 layers a stack; see learningRates. */
  hidden: 3e-3,
  /** As multiples of the hidden rate. */
  norm: 3,
  relativeBias: 10,
  /**
   * Adafactor's rate, relative to the RMS of a tensor. Held-out nats of the default text, batch 8, one seed: at d_model 64
   * and 800 steps .01 3.977, .02 3.753, .05 3.649; at 128 and 600 steps .02 3.789, .03 3.899, .05 4.157.
   */
  relative: 0.02,
} as const;

/**
 * Adam's rate for each group. The hidden rate falls with the square root of width and of depth: at 8 + 8 layers of 32,
 * half of the rate of 2 + 2 layers is better by .02 to .05 nats.
 */
export function learningRates({ d_model, num_layers, num_decoder_layers }: Shape): Record<Group, number> {
  const depth = (num_layers + num_decoder_layers) / 2;
  const hidden = RECIPE.hidden * Math.sqrt(64 / d_model) * Math.sqrt(2 / depth);
  return {
    embedding: RECIPE.embedding,
    hidden,
    norm: RECIPE.norm * hidden,
    relative_bias: RECIPE.relativeBias * hidden,
  };
}

/** Adafactor's rate for each group: parameter scaling makes one number do. */
const relativeRates = (): Record<Group, number> => ({
  embedding: RECIPE.relative,
  hidden: RECIPE.relative,
  norm: RECIPE.relative,
  relative_bias: RECIPE.relative,
});

export const OPTIMIZERS = ['adam', 'adafactor'] as const;
export type OptimizerName = (typeof OPTIMIZERS)[number];

export const checkOptimizer = (name: OptimizerName): OptimizerName =>
  OPTIMIZERS.includes(name) ? name : fail(unknownName('optimizer', name, OPTIMIZERS));

/** How an optimiser is run where nothing else is asked for. */
export interface Recipe {
  readonly rates: Record<Group, number>;
  /** Largest L2 norm of the whole gradient; null: Adafactor clips each tensor's update by itself. */
  readonly clip: number | null;
  readonly schedule: Schedule;
}

/**
 * - adam: our own recipe, wsd
 * - adafactor: that of T5 (Raffel et al. 2020, section 3.1.2), whose rate is relative to the RMS of a tensor:
 *   1/sqrt(max(step, k)), without a rise. T5's k is 10^4, 2 % of its run.
 */
export function recipeOf(optimizer: OptimizerName, shape: Shape, schedule?: ScheduleName): Recipe {
  const { warmupSteps, warmupShare, decayShare } = RECIPE;
  const adam = optimizer === 'adam';
  const name = schedule ?? (adam ? 'wsd' : 'inverse-square-root');
  return {
    rates: adam ? learningRates(shape) : relativeRates(),
    clip: adam ? RECIPE.clip : null,
    schedule: { name, warmupSteps, warmupShare, decayShare, rises: adam },
  };
}

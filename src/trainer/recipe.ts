import type { Shape } from '../shape/index.js';
import type { Group } from './params.js';

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

/**
 * The share of the full rate at a step: rise, plateau, fall.
 *
 * @param step from 0
 * @param progress share of the run before this step, in [0, 1): of its steps, or of its time
 */
export function rateShare(step: number, progress: number): number {
  const { warmupSteps, warmupShare, decayShare } = RECIPE;
  const rise = Math.max((step + 1) / warmupSteps, progress / warmupShare);
  return Math.min(1, rise, Math.max(0, (1 - progress) / decayShare));
}

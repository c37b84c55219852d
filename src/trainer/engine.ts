import type { Batch } from './batch.js';

/** One model that learns, with its optimiser: all that the training loop knows of TensorFlow. */
export interface Engine {
  /**
   * One optimiser step. Gives the loss before it, in nats per target token.
   *
   * @param share of the recipe's full learning rates, in [0, 1]
   */
  step(batch: Batch, share: number): number;
  /** The loss without learning, nats per target token. */
  loss(batch: Batch): number;
  /** Copies of the parameters by their Hugging Face names. */
  params(): ReadonlyMap<string, Float32Array>;
  /** Gives every tensor back. */
  dispose(): void;
}

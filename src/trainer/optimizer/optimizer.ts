import type { Effect, Feeds, Value, Variable } from '../../graph/index.js';
import type { Group } from '../params.js';

/** Tensors that learn together: `dims` of each are equal, and they are stacked along the rows of `state`. */
export interface Trained {
  readonly name: string;
  readonly parts: readonly { readonly dims: readonly number[] }[];
  readonly group: Group;
  readonly state: Variable;
  /** What the state holds before the step. */
  readonly value: Value;
}

/** How parameters follow their gradients, as part of a graph. */
export interface Optimizer {
  /** Declares what it keeps of one stack, and gives the effects of one step. */
  update(trained: Trained, gradient: Value): readonly Effect[];
  /**
   * What the graph must be fed in a step.
   *
   * @param step from 1
   * @param share of the full rates
   */
  feeds(step: number, share: number): Feeds;
}

import type { Mode, Precision } from '../graph/index.js';
import type { Shape } from '../shape/index.js';
import type { Batch } from './batch.js';
import type { Group } from './params.js';
import type { OptimizerName } from './recipe.js';

/** Sequences of one run of the graph, and tokens of a sequence on either side. */
export interface Sizes {
  readonly batch: number;
  readonly encLen: number;
  readonly decLen: number;
}

/** Full learning rate of each group: of Adam absolute, of Adafactor relative to the RMS of a tensor. */
export type Rates = Readonly<Record<Group, number>>;

export interface EngineOptions {
  readonly shape: Shape;
  /** Decides the starting parameters, and dropout together with the count of steps. */
  readonly seed: number;
  /** Of one micro-batch. */
  readonly train: Sizes;
  /** Also of generation; default: those of `train`. */
  readonly evaluation?: Sizes;
  /** Default adam; with 'none' the engine does not learn and needs a third of the memory. */
  readonly optimizer?: OptimizerName | 'none';
  /** Micro-batches of one step, from 1; default 1. */
  readonly accumulate?: number;
  /** Share of values dropped in training, in [0, 1); default 0. */
  readonly dropout?: number;
  /** bf16 rounds the inputs of matrix products; parameters and sums stay float32. Default fp32. */
  readonly precision?: Precision;
  /** Largest L2 norm of the whole gradient; null: any. Default: that of recipeOf. */
  readonly clip?: number | null;
  /** Default: those of recipeOf. */
  readonly rates?: Rates;
  /**
   * Hides the padding of the encoder, so that rows may have fewer tokens than were built for. Default false: pre-training
   * has no padding, and the mask would cost time.
   */
  readonly padded?: boolean;
  /** Default: graph where TensorFlow's addon loads, else eager. */
  readonly mode?: Mode;
}

/** One model that learns, with its optimiser: all that the rest of the trainer knows of TensorFlow. */
export interface Engine {
  /** How it runs: as one graph, or operation by operation. */
  readonly mode: Mode;
  /**
   * One optimiser step over `accumulate` micro-batches, each of which may have fewer rows than were built for.
   * Gives the loss before it: mean over the targets of all of them, nats per target token.
   *
   * @param share of the full learning rates, in [0, 1]
   */
  step(batches: readonly Batch[], share: number): number;
  /** The loss without dropout and without learning, nats per target token. */
  loss(batch: Batch): number;
  /** Of every position, without dropout: [size * decLen * vocab_size]. */
  logits(batch: Batch): Float32Array;
  /**
   * The likeliest token again and again, at most `maxTokens` for each row; a row ends before its eos.
   *
   * @param encoder [size * encLen]
   */
  generate(
    encoder: Int32Array,
    sizes: { readonly size: number; readonly encLen: number },
    maxTokens: number,
  ): number[][];
  /** Copies of the parameters by their Hugging Face names; a matrix is [out, in]. */
  params(): ReadonlyMap<string, Float32Array>;
  /** All of them; the state of the optimiser and the count of steps stay. */
  setParams(values: ReadonlyMap<string, Float32Array>): void;
  /** All that the next steps depend on, to the bit. */
  state(): EngineState;
  /** That of an engine of the same shape and optimiser. */
  restore(state: EngineState): void;
  /** Gives everything native back. */
  dispose(): void;
}

export interface EngineState {
  /** Optimiser steps taken. */
  readonly steps: number;
  readonly tensors: ReadonlyMap<string, { readonly dims: readonly number[]; readonly values: Float32Array }>;
}

import { fail, mustBe } from '../base/index.js';
import { checkCount } from '../cost/index.js';
import type { ShapeCosts, Spending } from './candidates.js';

/** What a plan must keep to; absent: no limit. */
export interface Constraints {
  /** Of one device: weights, gradients, optimiser state and the activations of `memoryBatch` sequences. */
  readonly memoryBytes?: number;
  /** Sequences that one copy of the model holds at once, which decides its memory; default 1. */
  readonly memoryBatch?: number;
  /** Different training tokens there are, and how often each may be seen; epochs default 1. */
  readonly uniqueTokens?: number;
  readonly epochs?: number;
  /** Train every shape on so many tokens, whatever more its budget would buy. For laws that hold at one length. */
  readonly tokens?: number;
  /** Needs a machine. */
  readonly minStepsPerSecond?: number;
  readonly maxParams?: number;
  /** Encoder and decoder layers together, which decide latency. */
  readonly maxLayers?: number;
}

/** Generation that the budget pays for too. */
export interface Inference {
  /** Tokens to be generated over the model's life. */
  readonly tokens: number;
  /** Tokens that one request has the encoder read, and the decoder write. */
  readonly encLen: number;
  readonly decLen: number;
}

export function parseConstraints(constraints: Constraints, hasMachine: boolean): Constraints {
  for (const [name, value] of Object.entries(constraints))
    if (value !== undefined && !(value > 0 && value < Infinity))
      fail(mustBe(`constraint: ${name}`, 'a positive number', value));
  if (constraints.memoryBatch !== undefined) checkCount('constraint: memoryBatch', constraints.memoryBatch);
  if (constraints.epochs !== undefined && constraints.uniqueTokens === undefined)
    fail('a limit on epochs needs the number of different tokens, got none');
  if (constraints.minStepsPerSecond !== undefined && !hasMachine)
    fail('a limit on steps per second needs a device, got none');
  return constraints;
}

export function parseInference(inference: Inference): Inference {
  if (!(inference.tokens > 0 && inference.tokens < Infinity))
    fail(mustBe('inference: tokens', 'a positive number', inference.tokens));
  checkCount('inference: encLen', inference.encLen);
  checkCount('inference: decLen', inference.decLen);
  return inference;
}

/** A column that must not exceed a value. */
export interface Limit {
  readonly words: string;
  readonly values: ArrayLike<number>;
  readonly most: number;
}

/** Every limit of the constraints, and that the budget buys a step. */
export function limitsOf(costs: ShapeCosts, { priceShare }: Spending, constraints: Constraints): Limit[] {
  const { memoryBytes, minStepsPerSecond, maxParams, maxLayers, tokens } = constraints;
  const limits: (Limit | false)[] = [
    { words: tokens === undefined ? 'the budget of a step' : 'the budget', values: priceShare, most: 1 },
    costs.oddHeads !== null && { words: 'heads that the layout shares out evenly', values: costs.oddHeads, most: 0 },
    memoryBytes !== undefined && { words: 'memory', values: costs.deviceBytes, most: memoryBytes },
    maxParams !== undefined && { words: 'parameters', values: costs.params, most: maxParams },
    maxLayers !== undefined && { words: 'layers', values: costs.layers, most: maxLayers },
    minStepsPerSecond !== undefined && {
      words: 'steps per second',
      values: costs.secondsPerStep!,
      most: 1 / minStepsPerSecond,
    },
  ];
  return limits.filter(limit => limit !== false);
}

/** 1 for rows that keep to all limits. */
export function keepRows(rows: number, limits: readonly Limit[]): Uint8Array {
  const kept = new Uint8Array(rows).fill(1);
  for (const { values, most } of limits) for (let row = 0; row < rows; row++) if (!(values[row] <= most)) kept[row] = 0;
  return kept;
}

import { fail, mustBe } from '../base/index.js';
import { costShapes, type DeviceMemoryOptions, type ShapeColumns, type Workload } from '../cost/index.js';
import type { Machine, Purse } from './budget.js';
import type { Constraints, Inference } from './constraints.js';
import { decodeFlops } from './decode.js';
import type { CostedShapes, ParamCount } from './inputs.js';
import { sustainedRate, timeSteps } from './step-seconds.js';

/** exact: every matrix product of an encoder-decoder. 6ND: 6 a parameter and token, as papers on decoders count. */
export const FLOP_COUNTS = ['exact', '6ND'] as const;
export type FlopCount = (typeof FLOP_COUNTS)[number];

export interface CostOptions {
  /** One training step. */
  readonly workload: Workload;
  readonly count: ParamCount;
  readonly flopCount: FlopCount;
  readonly memory: DeviceMemoryOptions;
  readonly memoryBatch: number;
  readonly machine: Machine | undefined;
  readonly inference: Inference | undefined;
}

/** What shapes cost whatever is spent, row by row. */
export interface ShapeCosts extends Omit<CostedShapes, 'tokens' | 'flops'> {
  readonly stepFlops: Float64Array;
  /** Heads left over when the devices of a copy share them out: the layout fits where none is. */
  readonly oddHeads: Float64Array | null;
  /** Training memory of the fullest device, at memoryBatch sequences. */
  readonly deviceBytes: Float64Array;
  readonly layers: Float64Array;
  /** Null without a machine. */
  readonly secondsPerStep: Float64Array | null;
  /** FLOPs of a generated token; null without inference. */
  readonly tokenFlops: Float64Array | null;
}

export function costCandidates(shapes: ShapeColumns, options: CostOptions): ShapeCosts {
  const { workload, count, flopCount, memory, memoryBatch, machine, inference } = options;
  const batch = memoryBatch * (memory.layout?.microBatches ?? 1); // of one copy, cut into micro-batches of memoryBatch
  const { params, nonEmbeddingParams, trainStepFlops, trainBytes } = costShapes(shapes, {
    ...memory,
    workload: { ...workload, batch },
  });
  const { tensor = 1 } = memory.layout ?? {};
  const rows = params.length;
  const stepFlops = new Float64Array(rows);
  const layers = new Float64Array(rows);
  const counted = count === 'total' ? params : nonEmbeddingParams;
  const stepTokens = workload.batch * workload.encLen;
  for (let row = 0; row < rows; row++) {
    stepFlops[row] =
      flopCount === 'exact' ? trainStepFlops[row] * (workload.batch / batch) : 6 * counted[row] * stepTokens;
    layers[row] = shapes.num_layers[row] + shapes.num_decoder_layers[row];
  }
  return {
    shapes,
    params,
    nonEmbeddingParams,
    stepFlops,
    oddHeads: tensor > 1 ? Float64Array.from(shapes.num_heads, heads => heads % tensor) : null,
    deviceBytes: trainBytes,
    layers,
    secondsPerStep: machine ? timeSteps(shapes, stepFlops, { machine, workload, memory }) : null,
    tokenFlops: inference ? decodeFlops(shapes, inference) : null,
  };
}

export interface SpendOptions {
  readonly purse: Purse;
  readonly workload: Workload;
  readonly constraints: Constraints;
  readonly machine: Machine | undefined;
  readonly inference: Inference | undefined;
  readonly memory: DeviceMemoryOptions;
}

/** What a budget buys each shape. */
export interface Spending {
  /** Of the whole steps that the budget pays for and the text allows. */
  readonly tokens: Float64Array;
  /** Of the training. */
  readonly flops: Float64Array;
  /** Least that a training costs over what the budget has for it: at most 1 where the budget suffices. */
  readonly priceShare: Float64Array;
  /** The law's value at these tokens; NaN where nobody asked yet. */
  readonly loss: Float64Array;
}

export function spendBudget(costs: ShapeCosts, options: SpendOptions): Spending {
  const { purse, workload, constraints, machine, inference, memory } = options;
  const { uniqueTokens = Infinity, epochs = 1, tokens: length } = constraints;
  const { stepFlops, secondsPerStep, tokenFlops } = costs;
  const rows = stepFlops.length;
  const stepTokens = workload.batch * workload.encLen;
  const textSteps = Math.floor((uniqueTokens * epochs) / stepTokens);
  const leastSteps = length === undefined ? 1 : Math.ceil(length / stepTokens);
  const mostSteps = length === undefined ? textSteps : leastSteps;
  if (mostSteps < 1) fail(mustBe('tokens available', `those of one step, ${stepTokens}, or more`, uniqueTokens));
  if (leastSteps > textSteps) fail(mustBe('tokens', 'no more than the text allows', length));
  const inTime = purse.unit === 'deviceSeconds';
  const perFlop = inTime && inference ? 1 / sustainedRate(machine!, memory) : 1;
  const generated = tokenFlops ? inference!.tokens * perFlop : 0;
  const spending = {
    tokens: new Float64Array(rows),
    flops: new Float64Array(rows),
    priceShare: new Float64Array(rows),
    loss: new Float64Array(rows).fill(Number.NaN),
  };
  for (let row = 0; row < rows; row++) {
    const left = purse.amount - (tokenFlops ? generated * tokenFlops[row] : 0);
    const price = inTime ? secondsPerStep![row] * machine!.devices : stepFlops[row];
    const steps = Math.min(Math.floor(left / price), mostSteps);
    spending.priceShare[row] = left > 0 ? (leastSteps * price) / left : Infinity;
    if (steps < leastSteps) continue;
    spending.tokens[row] = steps * stepTokens;
    spending.flops[row] = steps * stepFlops[row];
  }
  return spending;
}

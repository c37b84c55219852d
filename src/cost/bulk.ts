import { fail } from '../base/index.js';
import { checkShape, LIMITS, NUMBER_FIELDS, type NumberField, preset, type Shape } from '../shape/index.js';
import { ACTIVATION_ITEMS, fillActivations } from './activations.js';
import { type Convention, checkConvention, FLOP_ITEMS, fillMultiplyAdds, toConvention } from './flops.js';
import type { DeviceMemoryOptions } from './largest-batch.js';
import { parseLayout } from './layout.js';
import { sum } from './ledger.js';
import { countOptimizerState, type Precision, parseMemoryOptions } from './memory.js';
import { fillParams, PARAM_ITEMS } from './params.js';
import { recomputedActivations } from './recompute.js';
import { checkWorkload, ONE_SEQUENCE, type Workload } from './workload.js';

/** Shapes as columns: all seven numbers, each an array of one length. */
export type ShapeColumns = Readonly<Record<NumberField, ArrayLike<number>>>;

export interface BulkOptions extends DeviceMemoryOptions {
  /** With a layout, its batch is that of one copy of the model, as in `estimateDeviceMemory`. */
  readonly workload?: Workload;
  readonly convention?: Convention;
  readonly feed_forward_proj?: Shape['feed_forward_proj'];
  readonly tie_word_embeddings?: boolean;
}

export interface BulkCosts {
  readonly params: Float64Array;
  readonly nonEmbeddingParams: Float64Array;
  /** Of one forward pass over the workload; a training step is three times as much. */
  readonly forwardFlops: Float64Array;
  readonly trainStepFlops: Float64Array;
  /** Weights, gradients, optimiser state and activations on the fullest device of the layout, bytes. */
  readonly trainBytes: Float64Array;
}

/** Costs of many shapes at once: the same formulas as the ledgers, a million shapes in well under a second. */
export function costShapes(columns: ShapeColumns, options: BulkOptions = {}): BulkCosts {
  const {
    workload = ONE_SEQUENCE,
    convention = 'torch',
    feed_forward_proj = 'relu',
    tie_word_embeddings = true,
  } = options;
  const { precision, optimizer, attention, dropout, recompute = false } = options;
  const memory = parseMemoryOptions({ precision, optimizer, attention, dropout });
  const share = shareMemory(options, memory.precision);
  const micro = { ...workload, batch: Math.ceil(workload.batch / share.microBatches) };
  checkConvention(convention);
  checkWorkload(workload);
  const rows = checkColumns(columns);
  const costs = createCosts(rows);
  const shape: Mutable<Shape> = { ...checkShape({ ...preset('base'), feed_forward_proj, tie_word_embeddings }) };
  const params = new Float64Array(PARAM_ITEMS.length);
  const flops = new Float64Array(FLOP_ITEMS.length);
  const saved = new Float64Array(ACTIVATION_ITEMS.length);
  const keep = recompute
    ? () => recomputedActivations(shape, micro, { options: memory, items: saved })
    : () => {
        fillActivations(shape, micro, memory, saved);
        return sum(saved);
      };
  const { num_layers, num_decoder_layers, d_model, d_ff, d_kv, num_heads, vocab_size } = columns;
  for (let row = 0; row < rows; row++) {
    // one shape, overwritten: a million objects would cost more than the counting
    shape.num_layers = num_layers[row];
    shape.num_decoder_layers = num_decoder_layers[row];
    shape.d_model = d_model[row];
    shape.d_ff = d_ff[row];
    shape.d_kv = d_kv[row];
    shape.num_heads = num_heads[row];
    shape.vocab_size = vocab_size[row];
    fillParams(shape, params);
    fillMultiplyAdds(shape, workload, flops);
    toConvention(flops, convention);
    const total = sum(params);
    const forward = sum(flops);
    costs.params[row] = total;
    costs.nonEmbeddingParams[row] = total - params[0] - params[1];
    costs.forwardFlops[row] = forward;
    costs.trainStepFlops[row] = 3 * forward;
    const state = countOptimizerState(shape, memory.optimizer, total);
    costs.trainBytes[row] = share.weight * total + share.state * state + share.saved * keep();
  }
  return costs;
}

/** Bytes on one device for a weight, for a number of the optimiser, and for a byte of activations; see `estimateDeviceMemory`. */
function shareMemory({ layout }: BulkOptions, precision: Precision) {
  const { data, tensor, pipeline, microBatches, sharding } = parseLayout(layout);
  const split = tensor * pipeline;
  const copies = sharding === 'none' ? 1 : data;
  const [weight, master] = precision === 'fp32' ? [8, 0] : [4, 4]; // weight and gradient; master copy beside the optimiser
  return {
    weight: (weight / (sharding === 'full' ? data : 1) + master / copies) / split,
    state: 4 / copies / split,
    saved: Math.min(microBatches, pipeline) / split,
    microBatches,
  };
}

type Mutable<Type> = { -readonly [Field in keyof Type]: Type[Field] };

export function checkColumns(columns: ShapeColumns): number {
  const rows = columns.num_layers?.length;
  for (const field of NUMBER_FIELDS) {
    if (columns[field] === undefined) fail(`shape columns must have ${field}, got none`);
    if (columns[field].length !== rows)
      fail(`shape columns must have one length, got ${columns[field].length} for ${field} and ${rows} for num_layers`);
    checkColumn(field, columns[field]);
  }
  return rows;
}

function checkColumn(field: NumberField, column: ArrayLike<number>): void {
  const limit = LIMITS[field];
  for (let row = 0; row < column.length; row++) {
    const value = column[row];
    if (!(value >= 1 && value <= limit && Math.floor(value) === value))
      fail(`${field} must be an integer in [1, ${limit}], got ${value} in row ${row + 1}`);
  }
}

function createCosts(rows: number): BulkCosts {
  const column = () => new Float64Array(rows);
  return {
    params: column(),
    nonEmbeddingParams: column(),
    forwardFlops: column(),
    trainStepFlops: column(),
    trainBytes: column(),
  };
}

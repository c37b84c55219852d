import { fail, mustBe } from '../base/index.js';
import type { Shape } from '../shape/index.js';
import { type Layout, parseLayout } from './layout.js';
import { type Ledger, toLedger } from './ledger.js';
import { estimateTrainMemory, type MemoryOptions, parseMemoryOptions } from './memory.js';
import { recomputedActivations } from './recompute.js';
import { checkWorkload, type Workload } from './workload.js';

export interface DeviceMemoryOptions extends MemoryOptions {
  readonly layout?: Partial<Layout>;
  /** Keep only the input of each layer, and run the layer again in the backward pass; default false. */
  readonly recompute?: boolean;
}

type DeviceMemoryItem = 'weights' | 'gradients' | 'optimizer' | 'activations';

/**
 * Bytes on the fullest device of a layout at the peak of a training step, without workspace and allocator slack.
 *
 * Tensor and pipeline parallelism divide weights, gradients and optimiser state; sharding divides them further by the
 * copies (ZeRO, arXiv 1910.02054). Tensor parallelism divides activations too (with sequence parallelism, arXiv
 * 2205.05198). A pipeline keeps as many micro-batches in flight as it has stages (1F1B, arXiv 2104.04473), so it does
 * not lessen activations. With recomputation the input of each layer is kept, and one layer's activations at a time.
 *
 * @param workload `batch` is the sequences of one copy of the model in one step
 */
export function estimateDeviceMemory(
  shape: Shape,
  workload: Workload,
  { layout, recompute = false, ...options }: DeviceMemoryOptions = {},
): Ledger<DeviceMemoryItem> {
  checkWorkload(workload);
  const { data, tensor, pipeline, microBatches, sharding } = parseLayout(layout);
  const micro = { ...workload, batch: Math.ceil(workload.batch / microBatches) };
  const { items } = estimateTrainMemory(shape, micro, options);
  const split = tensor * pipeline;
  const copies = { none: [1, 1], optimizer: [1, data], full: [data, data] }[sharding];
  const saved = recompute
    ? recomputedActivations(shape, micro, { options: parseMemoryOptions(options) })
    : items.activations;
  const inFlight = Math.min(microBatches, pipeline);
  return toLedger(
    ['weights', 'gradients', 'optimizer', 'activations'],
    [
      items.weights / split / copies[0],
      items.gradients / split / copies[0],
      items.optimizer / split / copies[1],
      (saved * inFlight) / split,
    ],
  );
}

/**
 * Most sequences of one step that a copy of the model holds, in whole micro-batches; 0 where not one fits.
 *
 * @param memoryBytes of one device; leave some free for workspace, e.g. a tenth
 */
export function largestBatch(
  shape: Shape,
  { encLen, decLen }: Omit<Workload, 'batch'>,
  memoryBytes: number,
  options: DeviceMemoryOptions = {},
): number {
  if (!(memoryBytes > 0 && memoryBytes < Infinity)) fail(mustBe('memory', 'a positive number of bytes', memoryBytes));
  const { microBatches } = parseLayout(options.layout);
  const fits = (micro: number) =>
    estimateDeviceMemory(shape, { batch: micro * microBatches, encLen, decLen }, options).total <= memoryBytes;
  if (!fits(1)) return 0;
  let least = 1; // fits
  let most = 2; // does not, after the loop
  while (most * microBatches < LARGEST && fits(most)) {
    least = most;
    most *= 2;
  }
  while (most - least > 1) {
    const middle = Math.floor((least + most) / 2);
    if (fits(middle)) least = middle;
    else most = middle;
  }
  return least * microBatches;
}

/** Sequences of a step; no cluster trains with more. */
const LARGEST = 2 ** 23;

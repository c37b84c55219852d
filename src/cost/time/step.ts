import { fail } from '../../base/index.js';
import { checkShape, type Shape } from '../../shape/index.js';
import type { Device } from '../devices.js';
import { countFlops } from '../flops.js';
import type { DeviceMemoryOptions } from '../largest-batch.js';
import { countDevices, type Layout, parseLayout } from '../layout.js';
import { type Ledger, toLedger } from '../ledger.js';
import { parseMemoryOptions } from '../memory.js';
import { checkWorkload, type Workload } from '../workload.js';
import { exchangeGradients, linkOf, ringAllReduce } from './exchange.js';
import { PRODUCT_FIELDS } from './products.js';
import { type RatedMachine, type Rates, ratesOf, TIME_ITEMS, type TimeItem } from './rates.js';
import { createWork, createWorkFiller, type StepWork } from './work.js';

export interface TimeOptions extends DeviceMemoryOptions {
  /** One of the table, or rates that were measured. */
  readonly device: Device | RatedMachine;
}

/** Seconds of one training step, by what they are spent on. */
export interface StepTime extends Ledger<TimeItem> {
  readonly seconds: number;
  /** Model FLOPs over what all devices could do at their peak, in (0, 1]; recomputation is not counted. */
  readonly mfu: number;
  /** Where nine in ten measured steps should lie. */
  readonly range: readonly [low: number, high: number];
}

/**
 * Time of one training step: every matrix product at an efficiency that depends on its sizes or at the speed of memory,
 * whichever is slower; the numbers that other kernels move; a launch for every kernel; the optimiser; and what devices
 * send each other.
 *
 * A roofline (Williams et al. 2009) a product. Devices run one after another what depends on one another, so the parts
 * add up; only the exchange of gradients hides in part. Sends between stages of a pipeline are left out: they are small.
 *
 * @param workload `batch` is the sequences of the whole step, over all copies of the model
 */
export function estimateStepTime(shape: Shape, workload: Workload, options: TimeOptions): StepTime {
  const { device, layout: asked, recompute = false, ...memory } = options;
  const { precision } = parseMemoryOptions(memory);
  const layout = checkLayout(parseLayout(asked), checkWorkload(workload), shape);
  const rates = ratesOf(device, precision);
  checkLinks(rates, layout, device.name);
  const work = createWork();
  createWorkFiller(workload, layout, memory)(checkShape(shape), work);
  const values = new Float64Array(TIME_ITEMS.length);
  fillTimes(work, { rates, layout, recompute }, values);
  const ledger = toLedger(TIME_ITEMS, values);
  const seconds = ledger.total;
  const mfu = countFlops(shape, workload).trainStep / (seconds * countDevices(layout) * rates.peak);
  return { ...ledger, seconds, mfu, range: [seconds / rates.spread, seconds * rates.spread] };
}

export function checkLayout(layout: Layout, { batch }: Workload, shape?: Shape): Layout {
  const { data, tensor, microBatches } = layout;
  if (batch < data * microBatches)
    fail(`batch must be at least ${data * microBatches}, one sequence a micro-batch of each copy, got ${batch}`);
  if (shape && shape.num_heads % tensor !== 0) fail(`tensor must divide the ${shape.num_heads} heads, got ${tensor}`);
  return layout;
}

export function checkLinks({ links }: Rates, layout: Layout, name: string): void {
  const { data, tensor } = layout;
  if (data * tensor > 1 && links.intra === undefined && links.inter === undefined)
    fail(`${name} must have a link rate to train on ${countDevices(layout)} devices, got none`);
}

/** How a step runs, beside what it does. */
export interface Running {
  readonly rates: Rates;
  readonly layout: Layout;
  readonly recompute: boolean;
}

/** Writes seconds, item by item as in TIME_ITEMS. */
export function fillTimes(work: StepWork, { rates, layout, recompute }: Running, out: Float64Array): void {
  const { tensor, pipeline, microBatches, devicesPerNode } = layout;
  const { scale, bandwidth, launch, moves } = rates;
  const again = recompute ? 4 / 3 : 1; // the forward pass is a third of a step
  const micros = microBatches / pipeline; // times that one stage runs the layers it has
  out[0] = timeProducts(work, rates, recompute) * micros * (scale.matmul ?? 1);
  out[1] = ((work.savedBytes * moves * again) / bandwidth) * micros * (scale.elementwise ?? 1);
  out[2] = work.kernels * launch * again * micros * (scale.overhead ?? 1);
  out[3] = (work.optimizerBytes / bandwidth) * (scale.optimizer ?? 1);
  out[4] = exchangeGradients(work.gradientBytes, layout, rates) * (scale.all_reduce ?? 1);
  const meetings = work.tensorBytes * (recompute ? 3 / 2 : 1);
  const link = tensor > 1 ? linkOf(rates, tensor, 1, devicesPerNode) : 1;
  out[5] = ringAllReduce(meetings, tensor, link) * micros * (scale.tensor_parallel ?? 1);
  out[6] = ((pipeline - 1) / microBatches) * (out[0] + out[1] + out[2] + out[5]) * (scale.bubble ?? 1);
}

/** A fused kernel multiplies the scores once more in its backward pass: seven products for six. */
const FUSED = 7 / 6;

/** Seconds of the products of one micro-batch, all passes. */
function timeProducts({ products, numberBytes }: StepWork, rates: Rates, recompute: boolean): number {
  const passes = recompute ? 4 : 3; // forward, again, and two backward: the same three sizes in another order
  let seconds = 0;
  for (let at = 0; at < products.length; at += PRODUCT_FIELDS)
    seconds += secondsOfProduct(products, at, numberBytes, rates) * passes * (products[at + 5] === 1 ? FUSED : 1);
  return seconds;
}

/**
 * Seconds of one pass over the products of a row: as fast as their sizes and memory allow. With `edges` the numbers of the
 * three matrices, FLOPs over an efficiency of 1 / (1 + half / m + half / n + half / k) are 2 (m n k + half edges).
 */
export function secondsOfProduct(
  products: Float64Array,
  at: number,
  numberBytes: number,
  { peak, reach, half, bandwidth }: Rates,
): number {
  const m = products[at];
  const n = products[at + 1];
  const k = products[at + 2];
  const edges = m * n + n * k + k * m;
  const multiply = (2 * (m * n * k + half * edges)) / (peak * reach);
  const move = products[at + 5] === 1 ? 0 : (numberBytes * edges) / bandwidth;
  return Math.max(multiply, move) * products[at + 3] * products[at + 4];
}

import { fail, mustBe } from '../base/index.js';
import {
  type DeviceMemoryOptions,
  estimateStepTimes,
  peakOf,
  type ShapeColumns,
  type Workload,
} from '../cost/index.js';
import type { Machine } from './budget.js';

/** Share of the peak where none is said; for generation, which is not timed kernel by kernel. */
export const USUAL_MFU = 0.4;

/** FLOP/s of one device at a share of its peak. */
export function sustainedRate(
  { device, mfu = USUAL_MFU }: Machine,
  { precision = 'fp32' }: DeviceMemoryOptions,
): number {
  return peakOf(device, precision).flops * mfu;
}

export interface StepOptions {
  readonly machine: Machine;
  readonly workload: Workload;
  /** Layout, precision and what else decides how a step runs. */
  readonly memory: DeviceMemoryOptions;
}

/** Seconds of a training step of each shape: as the machine says, by its share of the peak, or by the roofline. */
export function timeSteps(
  shapes: ShapeColumns,
  stepFlops: Float64Array,
  { machine, workload, memory }: StepOptions,
): Float64Array {
  const { device, timed = device, devices, mfu, secondsPerStep } = machine;
  if (secondsPerStep !== undefined) return checkSeconds(secondsPerStep(shapes, workload), stepFlops.length);
  if (mfu === undefined) return estimateStepTimes(shapes, workload, { ...memory, device: timed });
  const rate = sustainedRate(machine, memory) * devices;
  return stepFlops.map(flops => flops / rate);
}

function checkSeconds(seconds: Float64Array, rows: number): Float64Array {
  if (seconds.length !== rows) fail(mustBe('secondsPerStep', `${rows} values`, seconds.length));
  const bad = seconds.find(value => !(value > 0));
  return bad === undefined ? seconds : fail(mustBe('secondsPerStep', 'above 0 for every shape', bad));
}

import { type Columns, fail, unknownName } from '../base/index.js';
import {
  estimateStepTime,
  parseLayout,
  type Rates,
  TIME_ITEMS,
  type TimeItem,
  type TimeOptions,
  type Workload,
} from '../cost/index.js';
import type { Shape } from '../shape/index.js';
import {
  fitStepTime,
  predictStepTime,
  type StepTimeFit,
  type StepTimeOptions,
  type StepTimePrediction,
} from './step-time.js';

// A calibration is a roofline whose items are multiplied by constants that measured steps decide: the roofline knows how
// the work depends on shape and batch, the constants how fast this machine really does it.

/** A training step that was measured. */
export interface MeasuredStep {
  readonly shape: Shape;
  readonly workload: Workload;
  readonly seconds: number;
  /** Precision, layout and the like. */
  readonly options?: Omit<TimeOptions, 'device'>;
}

export interface CalibrationOptions extends StepTimeOptions {
  /** Items with a constant each; the others follow the first of them. Default: CONSTANTS. */
  readonly constants?: readonly TimeItem[];
}

/** Rates with what measured steps make of them; a RatedMachine, so that every estimate of time takes it. */
export interface Calibration {
  readonly name: string;
  /** `scale` holds the constants. */
  readonly rates: Rates;
  /** Terms are seconds of the roofline before scaling, so that constants have no unit. */
  readonly fit: StepTimeFit;
}

const CONSTANTS: readonly TimeItem[] = [
  'matmul',
  'elementwise',
  'overhead',
  'optimizer',
  'all_reduce',
  'tensor_parallel',
];

/** Fits the constants of a machine to its steps; needs more steps than constants, of different shapes and batches. */
export function calibrateSteps(
  machine: { readonly name: string; readonly rates: Rates },
  steps: readonly MeasuredStep[],
  { constants: asked, ...options }: CalibrationOptions = {},
): Calibration {
  for (const name of asked ?? []) if (!CONSTANTS.includes(name)) fail(unknownName('constant', name, CONSTANTS));
  const unscaled = { name: machine.name, rates: { ...machine.rates, scale: {} } };
  const items = steps.map(step => stretchedItems(unscaled, step));
  const spent = CONSTANTS.filter(item => items.some(times => times[item] > 0));
  const constants = asked ?? spent;
  const terms: Columns = Object.fromEntries(
    constants.map(name => [name, Float64Array.from(items, times => termOf(times, name, constants))]),
  );
  const fit = fitStepTime(
    terms,
    steps.map(({ seconds }) => seconds),
    options,
  );
  const scale = Object.fromEntries(CONSTANTS.map(item => [item, fit.constants[item] ?? fit.constants[constants[0]]]));
  return { name: machine.name, rates: { ...unscaled.rates, scale, spread: 1 + fit.leaveOneOut.p90 }, fit };
}

/** Seconds of the unscaled items; the wait of a pipeline is in the items that it stretches. */
function stretchedItems(
  device: TimeOptions['device'],
  { shape, workload, options = {} }: Omit<MeasuredStep, 'seconds'>,
): Record<TimeItem, number> {
  const { items } = estimateStepTime(shape, workload, { ...options, device });
  const { pipeline, microBatches } = parseLayout(options.layout);
  const stretch = 1 + (pipeline - 1) / microBatches;
  const stages: readonly TimeItem[] = ['matmul', 'elementwise', 'overhead', 'tensor_parallel'];
  return Object.fromEntries(
    TIME_ITEMS.map(item => [item, item === 'bubble' ? 0 : items[item] * (stages.includes(item) ? stretch : 1)]),
  ) as Record<TimeItem, number>;
}

/** Seconds of an item; the first constant has those of all items without one. */
function termOf(times: Record<TimeItem, number>, name: TimeItem, constants: readonly TimeItem[]): number {
  if (name !== constants[0]) return times[name];
  return TIME_ITEMS.reduce((sum, item) => sum + (item === name || !constants.includes(item) ? times[item] : 0), 0);
}

export interface ShapeTimePrediction extends StepTimePrediction {
  /** Seconds by item, scaled; their sum is `seconds`. */
  readonly items: Readonly<Record<TimeItem, number>>;
  readonly mfu: number;
}

/**
 * Seconds of a step on a calibrated machine, with the interval of a new measurement; refused where an item is more than
 * twice what was measured, unless `extrapolate` says otherwise.
 */
export function predictShapeTime(
  { name, rates, fit }: Calibration,
  step: Omit<MeasuredStep, 'seconds'>,
  options: { readonly extrapolate?: boolean } = {},
): ShapeTimePrediction {
  const constants = Object.keys(fit.constants) as TimeItem[];
  const times = stretchedItems({ name, rates: { ...rates, scale: {} } }, step);
  const terms = Object.fromEntries(constants.map(item => [item, termOf(times, item, constants)]));
  const predicted = predictStepTime(fit, terms, options);
  const { items, mfu } = estimateStepTime(step.shape, step.workload, { ...step.options, device: { name, rates } });
  return { ...predicted, items, mfu };
}

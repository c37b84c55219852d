import { fail, mustBe } from '../base/index.js';
import {
  AVERAGE_PUE,
  addPrices,
  countDevices,
  type Device,
  type DeviceFigure,
  estimateGenerationTime,
  estimateStepTime,
  type Generation,
  GRID_SOURCE,
  gridIntensity,
  hasPublishedSteps,
  largestBatch,
  type MemoryOptions,
  type Origin,
  type Price,
  parseMemoryOptions,
  peakOf,
  priceDeviceHours,
  type StepTime,
  type Workload,
} from '../cost/index.js';
import type { Shape } from '../shape/index.js';
import type { ChosenMachine } from './machine.js';

/** How long a run is, and what it has to answer afterwards. */
export interface RunLength {
  readonly steps?: number;
  /** Encoder tokens. */
  readonly tokens?: number;
  /** Tokens to generate over the model's life. */
  readonly inferenceTokens?: number;
}

export interface TimeRequest {
  readonly shape: Shape;
  readonly workload: Workload;
  readonly generation: Generation;
  readonly memory: MemoryOptions;
  readonly recompute: boolean;
  readonly extrapolate: boolean;
  readonly machine: ChosenMachine;
  readonly length: RunLength;
}

const HOUR = 3600;
const MILLION = 1e6;

/** Time, and where a device says price and power, money and energy of a shape, as on the wire. */
export interface TimeWire {
  readonly time: ReturnType<typeof timeOf>['time'];
  readonly money?: ReturnType<typeof moneyWire>;
  readonly energy?: ReturnType<typeof energyWire>;
}

export function timeWire(request: TimeRequest): TimeWire {
  const { machine } = request;
  const { device } = machine;
  const { time, hours } = timeOf(request);
  if (device === undefined) return { time };
  const priceOf = (deviceHours: number) => priceDeviceHours(deviceHours, device, machine.price);
  const optional = (deviceHours: number | undefined) => (deviceHours === undefined ? undefined : priceOf(deviceHours));
  const parts = {
    step: priceOf(hours.step),
    million: priceOf(hours.million),
    training: optional(hours.training),
    inference: optional(hours.inference),
  };
  return { time, money: moneyWire(parts, device, machine), energy: energyWire(parts, device, machine) };
}

/** On the wire, and in device-hours. */
function timeOf(request: TimeRequest) {
  const { workload, machine, length, memory, generation } = request;
  const { device, timed, layout, calibration } = machine;
  const count = countDevices(layout);
  const step = stepTime(request);
  const steps = countSteps(length, workload);
  const hours = (seconds: number) => (seconds * count) / HOUR;
  const generating = generationTime(request);
  const training = steps === undefined ? undefined : hours(steps * step.seconds);
  const answering =
    length.inferenceTokens === undefined ? undefined : (length.inferenceTokens / MILLION) * generating.hoursPerMillion;
  const largest = device ? batchWire(request, device) : null;
  const time = {
    machine: timed.name,
    count,
    layout: layoutWire(machine),
    format: device && calibration === undefined ? peakOf(device, parseMemoryOptions(memory).precision).format : null,
    recompute: request.recompute,
    seconds_per_step: step.seconds,
    range: step.range,
    items: step.items,
    mfu: step.mfu,
    encoder_tokens_per_second: (workload.batch * workload.encLen) / step.seconds,
    ...(steps !== undefined && {
      steps,
      tokens: steps * workload.batch * workload.encLen,
      seconds: steps * step.seconds,
      device_hours: training,
    }),
    largest_batch: largest,
    generation: {
      tokens: generation.tokens,
      batch: generation.batch,
      seconds: generating.seconds,
      range: generating.range,
      tokens_per_second: generating.tokensPerSecond,
      device_hours_per_million: generating.hoursPerMillion,
    },
    notes: [...timeNotes(machine, step), ...(largest ? fitNotes(request, largest) : [])],
  };
  return {
    time,
    hours: { step: hours(step.seconds), million: generating.hoursPerMillion, training, inference: answering },
  };
}

interface Parts {
  readonly step: Price;
  readonly million: Price;
  readonly training: Price | undefined;
  readonly inference: Price | undefined;
}

const sumOfParts = ({ training, inference }: Parts) =>
  addPrices([training, inference].filter(part => part !== undefined));

/** Measured constants give an interval; a datasheet a factor. */
function stepTime({ shape, workload, memory, recompute, extrapolate, machine }: TimeRequest): StepTime {
  const { timed, calibration, predict, layout } = machine;
  const options = { ...memory, recompute, layout };
  const estimate = estimateStepTime(shape, workload, { ...options, device: timed });
  if (calibration === undefined || predict === undefined) return estimate;
  const { interval } = predict(calibration, { shape, workload, options }, { extrapolate });
  return { ...estimate, range: interval };
}

function generationTime({ shape, generation, memory, machine }: TimeRequest) {
  const { timed: device, layout } = machine;
  const { tensor, devicesPerNode } = layout;
  const time = estimateGenerationTime(shape, generation, { ...memory, device, layout: { tensor, devicesPerNode } });
  return { ...time, hoursPerMillion: ((MILLION / time.tokensPerSecond) * tensor) / HOUR };
}

function countSteps({ steps, tokens }: RunLength, { batch, encLen }: Workload): number | undefined {
  if (steps !== undefined && tokens !== undefined) fail('cost needs one of --steps and --tokens, got both');
  if (steps !== undefined)
    return Number.isInteger(steps) && steps > 0 ? steps : fail(mustBe('--steps', 'a whole number from 1', steps));
  if (tokens === undefined) return undefined;
  return tokens > 0 ? Math.ceil(tokens / (batch * encLen)) : fail(mustBe('--tokens', 'a number above 0', tokens));
}

function layoutWire({ layout: { microBatches, devicesPerNode, ...layout } }: ChosenMachine) {
  return { ...layout, micro_batches: microBatches, devices_per_node: devicesPerNode };
}

/** Share of memory left to workspace and the allocator. */
const FREE = 0.1;

/** Most sequences of one copy of the model in a step. */
function batchWire({ shape, workload, memory, machine: { layout } }: TimeRequest, { memoryBytes }: Device) {
  const room = (1 - FREE) * memoryBytes;
  const most = (recompute: boolean) => largestBatch(shape, workload, room, { ...memory, layout, recompute });
  return { memory_bytes: memoryBytes, used_share: 1 - FREE, plain: most(false), recomputed: most(true) };
}

/** A step that does not fit is said so; its time is that of the parts that it would have to be cut into. */
function fitNotes(
  { workload, recompute, machine: { layout } }: TimeRequest,
  { plain, recomputed }: ReturnType<typeof batchWire>,
): string[] {
  const own = Math.ceil(workload.batch / layout.data);
  const most = recompute ? recomputed : plain;
  if (own <= most) return [];
  const cut = `a copy's ${own} sequences do not fit: it holds ${most} at once`;
  return [most === 0 ? `${cut}; split the model, or shard it` : `${cut}; raise micro_batches of --layout`];
}

function moneyWire(parts: Parts, device: Device, { price }: ChosenMachine) {
  const { step, million, training, inference } = parts;
  const origin: Partial<Origin> | undefined =
    price.usdPerHour === undefined ? device.origins.usdPerHour : { source: '--usd-per-hour' };
  return {
    usd_per_device_hour: price.usdPerHour ?? device.usdPerHour ?? null,
    ...(origin && { source: origin.source, date: origin.date, status: origin.status }),
    usd_per_step: step.usd,
    usd_per_million_generated: million.usd,
    ...(training && { training_usd: training.usd }),
    ...(inference && { inference_usd: inference.usd, inference_device_hours: inference.deviceHours }),
    ...((training || inference) && { total_usd: sumOfParts(parts).usd }),
  };
}

function energyWire(parts: Parts, device: Device, { price }: ChosenMachine) {
  const { step, million, training, inference } = parts;
  const { grid = 'world', pue = AVERAGE_PUE, idleShare = 0 } = price;
  const own = typeof grid === 'number';
  const sum = sumOfParts(parts);
  return {
    watts: device.watts,
    pue,
    idle_share: idleShare,
    grid: own ? null : grid,
    grid_g_per_kwh: gridIntensity(grid),
    grid_source: own ? '--grid' : GRID_SOURCE.source,
    grid_year: own ? null : GRID_SOURCE.year,
    kwh_per_step: step.energy.total,
    kwh_per_million_generated: million.energy.total,
    ...(training && { training_kwh: training.energy.total, training_kg_co2e: training.carbon }),
    ...(inference && { inference_kwh: inference.energy.total, inference_kg_co2e: inference.carbon }),
    ...((training || inference) && { kwh: sum.energy.total, kg_co2e: sum.carbon, items: sum.energy.items }),
  };
}

/** Figures of a device that time, price and energy rest on. */
const USED: readonly DeviceFigure[] = ['peak', 'bandwidth', 'links', 'watts', 'usdPerHour'];

function timeNotes({ device, calibration, layout, price }: ChosenMachine, { seconds, range }: StepTime): string[] {
  const alone = countDevices(layout) === 1;
  const recalled = USED.filter(
    figure =>
      device?.origins[figure]?.status === 'recalled' &&
      !(figure === 'links' && alone) &&
      !(figure === 'usdPerHour' && price.usdPerHour !== undefined),
  );
  const times = (range[1] / seconds).toPrecision(2);
  const doubt =
    calibration !== undefined
      ? `calibrated to ${calibration.fit.leaveOneOut.errors.length} measured steps: held out, the median error is ${(100 * calibration.fit.leaveOneOut.median).toFixed(1)} %`
      : device && hasPublishedSteps(device)
        ? `a datasheet and published steps of like devices: nine in ten steps lie within a factor of ${times}`
        : `a datasheet alone, no steps of this device: take a factor of ${times}; shapelaw calibrate --runs FILE fits yours`;
  return [doubt, ...(recalled.length > 0 ? [`recalled from memory: ${recalled.join(', ')} of ${device!.name}`] : [])];
}

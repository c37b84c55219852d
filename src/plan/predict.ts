import { largestBatch, type Price, priceDeviceHours } from '../cost/index.js';
import {
  beyondRange,
  chainForecast,
  expandLevel,
  type Forecast,
  type Forecasts,
  forecastFit,
  type Prediction,
  percentileInterval,
} from '../fit/index.js';
import { type Shape, shapeName } from '../shape/index.js';
import type { Machine } from './budget.js';
import { inputsAt } from './inputs.js';
import type { Problem } from './problem.js';
import type { Search } from './search.js';
import { shapeAt } from './space.js';
import { sustainedRate } from './step-seconds.js';

/** A shape, what it costs and what is predicted of it. */
export interface PlannedShape {
  readonly shape: Shape;
  readonly name: string;
  readonly params: number;
  readonly nonEmbeddingParams: number;
  /** Encoder tokens to train on. */
  readonly tokens: number;
  readonly steps: number;
  /** Of the training, and with the inference that the budget pays for. */
  readonly flops: number;
  readonly totalFlops: number;
  /** Training memory of the fullest device. */
  readonly deviceBytes: number;
  /** Most sequences of a step that one copy of the model holds in the device's memory; null where that is not known. */
  readonly largestBatch: number | null;
  /** Null without a machine. */
  readonly secondsPerStep: number | null;
  /** Device-hours, money, energy and carbon of the training and of the inference; null without a machine. */
  readonly cost: { readonly training: Price; readonly inference: Price | null } | null;
  /** With the interval of a new run. */
  readonly loss: Prediction;
  /** Null without a downstream law. */
  readonly score: Prediction | null;
  /** Loss and score minus those of the choice, paired draw by draw; zeros for the choice. */
  readonly behind: { readonly loss: Prediction; readonly score: Prediction | null };
  /** Inputs of the loss beyond the measured range, and how many times. */
  readonly beyond: Readonly<Record<string, number>>;
  /** The same of the score. */
  readonly beyondDownstream: Readonly<Record<string, number>>;
}

/** A row of one of several searches. */
export interface Place {
  readonly search: Search;
  readonly row: number;
}

export interface Predicted {
  /** In the order of the places. */
  readonly shapes: readonly PlannedShape[];
  /** Losses of the rivals, draw by draw. */
  readonly rivalDraws: readonly Float64Array[];
  /** The level whose percentiles cover that of the plan, as few units were drawn. */
  readonly level: number;
  readonly forecasts: Forecasts;
}

interface Seen {
  readonly loss: Forecast;
  readonly score: (Prediction & { readonly draws: Float64Array }) | null;
  readonly beyondDownstream: Readonly<Record<string, number>>;
}

/** Forecasts of chosen rows; differences are to the first, in the same draws. Rivals get no more than their draws. */
export function predictRows(problem: Problem, places: readonly Place[], rivals: readonly Place[]): Predicted {
  const { seen, forecasts } = forecastRows(problem, [...places, ...rivals]);
  const [first] = seen;
  const level = levelOf(problem, forecasts);
  const minus = (a: Prediction & { draws: Float64Array }, b: typeof a): Prediction => {
    const [lo, hi] = percentileInterval(
      a.draws.map((draw, at) => draw - b.draws[at]),
      level,
    );
    return { value: a.value - b.value, lo, hi };
  };
  const shapes = places.map((place, i): PlannedShape => {
    const { loss, score, beyondDownstream } = seen[i];
    return {
      ...describeRow(problem, place),
      loss: bare(loss),
      score: score && bare(score),
      behind: { loss: minus(loss, first.loss), score: score && minus(score, first.score!) },
      beyond: loss.beyond,
      beyondDownstream,
    };
  });
  return { shapes, rivalDraws: seen.slice(places.length).map(({ loss }) => loss.draws), level, forecasts };
}

function levelOf({ stage, level }: Problem, { fit }: Forecasts): number {
  const unit = stage.options?.unit;
  const units = unit === undefined ? fit.rows : new Set(Array.from(unit)).size;
  return expandLevel(level, units, fit.free);
}

const bare = ({ value, lo, hi }: Prediction): Prediction => ({ value, lo, hi });

function forecastRows(problem: Problem, places: readonly Place[]): { seen: Seen[]; forecasts: Forecasts } {
  const { stage, downstream, inputs, replicates, level, seed } = problem;
  const at = ({ search: { costs, spending }, row }: Place, law = stage.law, skip = 0) =>
    inputsAt(law, { ...costs, ...spending }, { ...inputs, row, skip });
  const draw = { replicates, level, seed, prior: stage.prior };
  if (downstream === null) {
    const points = places.map(place => at(place));
    const forecasts = forecastFit(stage.columns, stage.law, points, { ...stage.options, ...draw });
    return { seen: forecasts.forecasts.map(loss => ({ loss, score: null, beyondDownstream: {} })), forecasts };
  }
  const points = places.map(place => ({ ...at(place), ...at(place, downstream.law, 1) }));
  const chain = chainForecast({ upstream: stage, downstream }, points, draw);
  const { columns, law } = downstream;
  return {
    seen: chain.forecasts.map(({ loss, score, draws, inputs: point }) => ({
      loss,
      score: { ...score, draws },
      beyondDownstream: beyondRange(columns, law, { ...point, [law.inputs[0].name]: loss.value }),
    })),
    forecasts: chain.upstream,
  };
}

function describeRow(problem: Problem, place: Place) {
  const { search, row } = place;
  const { costs, spending } = search;
  const { inference, machine, memory, constraints, workload } = problem;
  const shape = shapeAt(costs.shapes, row);
  const inferenceFlops = costs.tokenFlops ? costs.tokenFlops[row] * inference!.tokens : 0;
  const memoryBytes = constraints.memoryBytes ?? machine?.device.memoryBytes;
  return {
    shape,
    name: shapeName(shape),
    params: costs.params[row],
    nonEmbeddingParams: costs.nonEmbeddingParams[row],
    tokens: spending.tokens[row],
    steps: stepsOf(problem, place),
    flops: spending.flops[row],
    totalFlops: spending.flops[row] + inferenceFlops,
    deviceBytes: costs.deviceBytes[row],
    largestBatch: memoryBytes === undefined ? null : largestBatch(shape, workload, memoryBytes, memory),
    secondsPerStep: costs.secondsPerStep ? costs.secondsPerStep[row] : null,
    cost: machine ? priceRow(problem, place, { machine, inferenceFlops }) : null,
  };
}

/** Whole steps: that is how the tokens were bought. */
const stepsOf = ({ workload }: Problem, { search, row }: Place) =>
  Math.round(search.spending.tokens[row] / (workload.batch * workload.encLen));

const HOUR = 3600;

function priceRow(
  problem: Problem,
  place: Place,
  { machine, inferenceFlops }: { readonly machine: Machine; readonly inferenceFlops: number },
): PlannedShape['cost'] {
  const { device, devices, usdPerHour, grid, pue, idleShare, hostWatts } = machine;
  const seconds = stepsOf(problem, place) * place.search.costs.secondsPerStep![place.row];
  const price = (hours: number) => priceDeviceHours(hours, device, { usdPerHour, grid, pue, idleShare, hostWatts });
  return {
    training: price((seconds * devices) / HOUR),
    inference: inferenceFlops > 0 ? price(inferenceFlops / sustainedRate(machine, problem.memory) / HOUR) : null,
  };
}

import { standardDeviation } from 'simple-statistics';
import { type Columns, createRandom, fail, outsideRange, type Random } from '../base/index.js';
import { type Law, parseInputs } from '../law/index.js';
import { type Estimate, type Fit, fitLaw, rhoOf } from './fit.js';
import { maximiseLikelihood } from './likelihood.js';
import { minimise, type NewtonOptions, type Optimum } from './newton.js';
import { checkCount, type FitOptions, parseFitOptions } from './options.js';
import { type Prediction, type PredictOptions, parsePredictOptions } from './predict.js';
import { createProblem, createSlots, type Problem, paramsAt, pickProblem } from './problem.js';
import { drawTimes, fitValues, groupRows, thetaOf } from './redraw.js';
import type { Rho } from './rho.js';
import { descendByStages } from './search.js';

export interface BootstrapOptions extends FitOptions {
  /** How many times the rows (or units) are drawn anew, 2 and up; default 400. */
  readonly replicates?: number;
}

/** A fit and what it would have been on other draws of the rows. */
export interface Bootstrap {
  readonly fit: Fit;
  /** Estimates of the fit with the standard deviation and the percentile interval of the draws. */
  readonly params: Readonly<Record<string, Estimate>>;
  /** Every parameter of each draw, draws in order. */
  readonly draws: Readonly<Record<string, Float64Array>>;
  readonly replicates: number;
  /** Draws whose search did not converge; they are kept, at the best point found. */
  readonly unconverged: number;
  /** What was drawn: single rows or whole units. */
  readonly unit: 'row' | 'unit';
}

/** Some of the draws of one bootstrap: plain data, so that it may travel to a worker. The law is sent beside it. */
export interface BootstrapJob {
  readonly columns: Columns;
  readonly options: FitOptions;
  /** The optimum of all rows, where each draw starts, and the scale of a likelihood. */
  readonly theta: Float64Array;
  readonly scale: number | null;
  /** One seed for every CHUNK draws; the last chunk may have fewer. */
  readonly seeds: readonly number[];
  readonly draws: number;
}

/** What a job found: the thetas of its draws one after the other. */
export interface BootstrapPart {
  readonly thetas: Float64Array;
  readonly unconverged: number;
}

/** Runs jobs somewhere, in any order, and gives their parts in the order of the jobs. */
export type ParallelMap = (jobs: readonly BootstrapJob[], law: Law) => Promise<readonly BootstrapPart[]>;

const SEARCH: NewtonOptions = { maxIterations: 60, tolerance: 1e-6, damping: 1e-4 };
/** Draws of one seed: the digits depend on this and never on how many workers share the jobs. */
const CHUNK = 50;
/** Chunks of one job: small enough to keep several workers busy to the end. */
const CHUNKS_PER_JOB = 4;

/**
 * Percentile intervals from rows drawn with replacement, by row or, when `unit` is given, by whole units (runs).
 *
 * Take the run as the unit whenever a run has several rows: drawing rows then makes intervals far too narrow. Each
 * draw starts from the optimum of all rows. Quantiles are of type 7. Source: Efron and Tibshirani 1993, chapter 13.
 *
 * @example bootstrapFit({ N, D, loss }, findLaw('chinchilla'), { replicates: 1000, seed: 1 }).params.alpha
 */
export function bootstrapFit(columns: Columns, law: Law, options: BootstrapOptions = {}): Bootstrap {
  const { fit, jobs } = planBootstrap(columns, law, options);
  return gather(
    fit,
    jobs.map(job => runBootstrapJob(job, law)),
    options,
  );
}

/** The same digits, its jobs run by `parallel`: on a pool of workers, say. */
export async function bootstrapFitParallel(
  columns: Columns,
  law: Law,
  { parallel, ...options }: BootstrapOptions & { readonly parallel: ParallelMap },
): Promise<Bootstrap> {
  const { fit, jobs } = planBootstrap(columns, law, options);
  return gather(fit, await parallel(jobs, law), options);
}

/** The fit of all rows, and the draws cut into jobs. */
function planBootstrap(
  columns: Columns,
  law: Law,
  { replicates = 400, ...options }: BootstrapOptions,
): { fit: Fit; jobs: BootstrapJob[] } {
  checkCount('replicates', replicates, 1e6);
  if (replicates < 2) fail(outsideRange('replicates', '[2, 1000000]', replicates));
  const fit = fitLaw(columns, law, options);
  const parsed = parseFitOptions(law, options);
  const { slots, size, rows } = createProblem(columns, law, parsed);
  const units = groupRows(rows, parsed.unit).length;
  if (units <= size) fail(`bootstrap needs more units than the ${size} free parameters, got ${units}`);
  const random = createRandom(parsed.seed);
  const seeds = Array.from({ length: Math.ceil(replicates / CHUNK) }, () => random.integer(2 ** 32));
  const shared = { columns, options, theta: thetaOf(slots, fitValues(fit)), scale: fit.scale };
  const jobs: BootstrapJob[] = [];
  for (let first = 0; first < seeds.length; first += CHUNKS_PER_JOB) {
    const mine = seeds.slice(first, first + CHUNKS_PER_JOB);
    jobs.push({ ...shared, seeds: mine, draws: Math.min(mine.length * CHUNK, replicates - first * CHUNK) });
  }
  return { fit, jobs };
}

/** Makes the draws of one job: the same job gives the same digits anywhere. */
export function runBootstrapJob(
  { columns, options, theta, scale, seeds, draws }: BootstrapJob,
  law: Law,
): BootstrapPart {
  const parsed = parseFitOptions(law, options);
  const problem = createProblem(columns, law, parsed);
  const groups = groupRows(problem.rows, parsed.unit);
  const rho = rhoOf({ ...parsed, scale });
  const thetas = new Float64Array(draws * problem.size);
  let unconverged = 0;
  for (let draw = 0, random = createRandom(seeds[0]); draw < draws; draw++) {
    if (draw > 0 && draw % CHUNK === 0) random = createRandom(seeds[draw / CHUNK]);
    const drawn = drawProblem(problem, groups, random);
    const end =
      parsed.rho === 'likelihood'
        ? maximiseLikelihood(drawn, parsed.huberDelta, { start: theta, exact: SEARCH })
        : fitDraw(drawn, rho, theta);
    thetas.set(end.theta, draw * problem.size);
    if (!end.converged) unconverged++;
  }
  return { thetas, unconverged };
}

/** A row drawn three times is one row of weight three: the same sum, fewer evaluations. */
function drawProblem(problem: Problem, groups: readonly (readonly number[])[], random: Random): Problem {
  const times = drawTimes(problem.rows, groups, random);
  const rows: number[] = [];
  for (let row = 0; row < problem.rows; row++) if (times[row] * problem.weights[row] > 0) rows.push(row);
  const weights = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) weights[i] = times[rows[i]] * problem.weights[rows[i]];
  return pickProblem(problem, rows, weights);
}

function fitDraw(drawn: Problem, rho: Rho, start: Float64Array): Optimum {
  const direct = minimise(drawn, rho, start, SEARCH);
  if (direct.converged || rho.name === 'squared') return direct;
  return descendByStages(drawn, rho, { start, exact: { ...SEARCH, maxIterations: 200 } });
}

function gather(
  fit: Fit,
  parts: readonly BootstrapPart[],
  { replicates = 400, ...options }: BootstrapOptions,
): Bootstrap {
  const { law, level } = fit;
  const { slots, size, unit } = slotsOf(fit, options);
  const draws = Object.fromEntries(law.params.map(({ name }) => [name, new Float64Array(replicates)]));
  const params = new Float64Array(law.params.length);
  let draw = 0;
  for (const { thetas } of parts)
    for (let at = 0; at < thetas.length; at += size, draw++) {
      paramsAt(slots, thetas.subarray(at, at + size), params);
      for (let k = 0; k < params.length; k++) draws[law.params[k].name][draw] = params[k];
    }
  return {
    fit,
    params: Object.fromEntries(law.params.map(({ name }) => [name, summarise(fit.params[name], draws[name], level)])),
    draws,
    replicates,
    unconverged: parts.reduce((sum, part) => sum + part.unconverged, 0),
    unit,
  };
}

function slotsOf({ law }: Fit, options: FitOptions) {
  const parsed = parseFitOptions(law, options);
  const slots = createSlots(parsed.params);
  return { slots, size: slots.size, unit: parsed.unit === null ? ('row' as const) : ('unit' as const) };
}

/**
 * Response at named inputs with the percentile interval of the draws; with `noise`, residuals drawn from the fit are
 * added, so that the interval is of a new measurement.
 */
export function predictBootstrap(
  { fit, draws, replicates }: Bootstrap,
  inputs: Readonly<Record<string, number>>,
  options: PredictOptions = {},
): Prediction {
  const { level, noise } = parsePredictOptions(fit, options);
  const { law, residual, residuals, seed } = fit;
  const point = parseInputs(law, inputs);
  const at = (pick: (name: string) => number) =>
    law.evaluate(
      law.params.map(({ name }) => pick(name)),
      point,
    );
  const random = createRandom(seed);
  const widen = Math.sqrt(fit.rows / (fit.rows - fit.free));
  const values = Array.from({ length: replicates }, (_, draw) => {
    const value = at(name => draws[name][draw]);
    if (!noise) return value;
    const scatter = -residuals[random.integer(residuals.length)] * widen;
    return residual === 'log' ? value * Math.exp(scatter) : value + scatter;
  });
  const [lo, hi] = percentileInterval(values, level);
  return { value: at(name => fit.params[name].value), lo, hi };
}

/** Percentile interval; quantiles interpolate linearly (type 7). @example percentileInterval([1, 2, 3], 0.5) // => [1.5, 2.5] */
export function percentileInterval(values: ArrayLike<number>, level: number): [number, number] {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  };
  return [at((1 - level) / 2), at((1 + level) / 2)];
}

function summarise({ value }: Estimate, draws: Float64Array, level: number): Estimate {
  const [lo, hi] = percentileInterval(draws, level);
  return { value, se: standardDeviation(Array.from(draws)), lo, hi };
}

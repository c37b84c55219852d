import { standardDeviation } from 'simple-statistics';
import { type Columns, createRandom, fail, outsideRange, type Random } from '../base/index.js';
import { type Law, parseInputs } from '../law/index.js';
import { type Estimate, type Fit, fitLaw } from './fit.js';
import type { NewtonOptions, Optimum } from './newton.js';
import { minimise } from './newton.js';
import { checkCount, type FitOptions, parseFitOptions } from './options.js';
import { type Prediction, type PredictOptions, parsePredictOptions } from './predict.js';
import { createProblem, type Problem, paramsAt, pickProblem } from './problem.js';
import { createRho, type Rho } from './rho.js';
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

const SEARCH: NewtonOptions = { maxIterations: 60, tolerance: 1e-6, damping: 1e-4 };

/**
 * Percentile intervals from rows drawn with replacement, by row or, when `unit` is given, by whole units (runs).
 *
 * Take the run as the unit whenever a run has several rows: drawing rows then makes intervals far too narrow. Each
 * draw starts from the optimum of all rows. Quantiles are of type 7. Source: Efron and Tibshirani 1993, chapter 13.
 *
 * @example bootstrapFit({ N, D, loss }, findLaw('chinchilla'), { replicates: 1000, seed: 1 }).params.alpha
 */
export function bootstrapFit(columns: Columns, law: Law, options: BootstrapOptions = {}): Bootstrap {
  const { replicates = 400, ...fitOptions } = options;
  checkCount('replicates', replicates, 1e6);
  if (replicates < 2) fail(outsideRange('replicates', '[2, 1000000]', replicates));
  const fit = fitLaw(columns, law, fitOptions);
  const parsed = parseFitOptions(law, fitOptions);
  const problem = createProblem(columns, law, parsed);
  const rho = createRho(parsed.rho, parsed.huberDelta);
  const start = thetaOf(problem, fit);
  const groups = groupRows(problem.rows, parsed.unit);
  if (groups.length <= problem.size)
    fail(`bootstrap needs more units than the ${problem.size} free parameters, got ${groups.length}`);
  const random = createRandom(parsed.seed);
  const found = Array.from({ length: replicates }, () => fitDraw(problem, rho, { groups, random, start }));
  const all = found.map(({ theta }) => paramsAt(problem.slots, theta));
  const draws = Object.fromEntries(
    law.params.map(({ name }, k) => [name, Float64Array.from(all, params => params[k])]),
  );
  return {
    fit,
    params: Object.fromEntries(
      law.params.map(({ name }) => [name, summarise(fit.params[name], draws[name], fit.level)]),
    ),
    draws,
    replicates,
    unconverged: found.filter(end => !end.converged).length,
    unit: parsed.unit === null ? 'row' : 'unit',
  };
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

function thetaOf({ slots, size }: Problem, fit: Fit): Float64Array {
  const theta = new Float64Array(size);
  slots.rules.forEach(({ name }, k) => {
    const j = slots.slot[k];
    if (j >= 0) theta[j] = slots.isLog[j] ? Math.log(fit.params[name].value) : fit.params[name].value;
  });
  return theta;
}

function groupRows(rows: number, unit: ArrayLike<number | string> | null): number[][] {
  const groups = new Map<number | string, number[]>();
  for (let row = 0; row < rows; row++) {
    const key = unit === null ? row : unit[row];
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
}

interface Draw {
  readonly groups: readonly (readonly number[])[];
  readonly random: Random;
  readonly start: Float64Array;
}

/** A row drawn three times is one row of weight three: the same sum, fewer evaluations. */
function fitDraw(problem: Problem, rho: Rho, { groups, random, start }: Draw): Optimum {
  const times = new Float64Array(problem.rows);
  for (let draw = 0; draw < groups.length; draw++)
    for (const row of groups[random.integer(groups.length)]) times[row] += 1;
  const rows = Array.from(times.keys()).filter(row => times[row] > 0);
  const drawn = pickProblem(
    problem,
    rows,
    Float64Array.from(rows, row => times[row] * problem.weights[row]),
  );
  if (rho.name === 'squared') return minimise(drawn, rho, start, SEARCH);
  const direct = minimise(drawn, rho, start, SEARCH);
  return direct.converged ? direct : descendByStages(drawn, rho, { start, exact: { ...SEARCH, maxIterations: 200 } });
}

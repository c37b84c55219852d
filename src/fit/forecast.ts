import { type Columns, createRandom, fail, outsideRange, type Random } from '../base/index.js';
import { type Law, parseInputs } from '../law/index.js';
import { percentileInterval } from './bootstrap.js';
import { normalBetween, studentTwoSided } from './distribution.js';
import { type Fit, fitLaw } from './fit.js';
import { createStudy, fitNodes, fitReplicate, heldParams, type Node, type Study } from './forecast-draws.js';
import { checkCount, type FitOptions, parseFitOptions } from './options.js';
import type { Prediction } from './predict.js';
import { checkAsymptote, choosePriors, type Prior, type PriorOption } from './prior.js';

export interface ForecastOptions extends FitOptions {
  /** How many times the rows (or units) and the priors are drawn anew, 20 and up; default 400. */
  readonly replicates?: number;
  /** Coverage in (0, 1); default 0.9, the level whose coverage `bench coverage` measures. */
  readonly level?: number;
  /** What is drawn beside the rows; default the asymptote E, lognormal about 1.7 nats per token with sd 15 %. */
  readonly prior?: PriorOption;
  /** true (default): the interval of one new run, with the scatter of the rows; false: of the law's value. */
  readonly noise?: boolean;
}

/** Standard deviations of what a forecast's interval is made of, in the unit of the residual (0.01: about 1 %). */
export interface ForecastParts {
  /** From drawing the rows (or runs) anew, the asymptote as it is. */
  readonly parameters: number;
  /** From not knowing what the prior draws: the model's error in the asymptote. */
  readonly prior: number;
  /** From the scatter of single runs about the law; 0 without noise. */
  readonly noise: number;
}

export interface Forecast extends Prediction {
  readonly inputs: Readonly<Record<string, number>>;
  readonly parts: ForecastParts;
  /** Inputs outside the measured range and how many times beyond its end they lie; empty within it. */
  readonly beyond: Readonly<Record<string, number>>;
  /** The law's value in every replicate, without noise: what a chained forecast goes on from. */
  readonly draws: Float64Array;
}

export interface Forecasts {
  readonly forecasts: readonly Forecast[];
  /** The fit behind `value`: what has a prior is held at the prior's median. */
  readonly fit: Fit;
  /** What was drawn beside the rows: the default or the caller's, to be shown with the interval; {} for none. */
  readonly prior: Readonly<Record<string, Prior>>;
  /** What the interval leaves out, for the reader; null where there is nothing to say. */
  readonly note: string | null;
  readonly level: number;
  readonly replicates: number;
  /** Replicates whose search did not converge; they are kept, at the best point found. */
  readonly unconverged: number;
  readonly unit: 'row' | 'unit';
}

/** Residuals added to each replicate's value, so that the tails do not hang on a few. */
const RESIDUALS_PER_REPLICATE = 8;

/**
 * Response at inputs beyond the measured range, with an interval that holds for real runs.
 *
 * Every replicate draws the rows (or, with `unit`, whole runs) with replacement, draws the asymptote from its prior,
 * fits the rest, and adds residuals: the percentiles, expanded for few units, are the interval. Drawing rows alone holds
 * fewer than half of the real runs at ten times the compute where 90 % is claimed, since small runs do not tell the
 * asymptote; with E drawn it holds 90 % of them (`npm run bench -- coverage`). Where E is known to be far from the prior,
 * pass another: an interval about a wrong asymptote is wrong.
 *
 * `value` is the law with E held at the median of its prior: at ten times the compute that comes nearer than a free E on
 * all ten sets of real runs, and unlike the median of the draws it does not change with the seed.
 *
 * A parameter that options hold keeps its value, but an asymptote held above 0 becomes the centre of its prior: pass
 * prior 'none' to hold it exactly, or to leave a free one free. A law without an asymptote, or with one in another unit,
 * gets no prior but a note that says what its interval leaves out. An asymptote, or a prior, that the losses contradict
 * is refused.
 *
 * @param options.unit the run of each row: checkpoints of one run share their error, and by row intervals are 3 to 5
 *   times too narrow
 * @example forecastFit({ N, D, loss }, findLaw('chinchilla'), [{ N: 70e9, D: 1.4e12 }]).forecasts[0] // => { value, lo, hi, ... }
 */
export function forecastFit(
  columns: Columns,
  law: Law,
  inputs: readonly Readonly<Record<string, number>>[],
  options: ForecastOptions = {},
): Forecasts {
  const { replicates = 400, prior: option, noise = true, level = 0.9, ...fitOptions } = options;
  checkCount('replicates', replicates, 1e6);
  if (replicates < 20) fail(outsideRange('replicates', '[20, 1000000]', replicates));
  const asked = parseFitOptions(law, { ...fitOptions, level });
  const points = inputs.map(point => parseInputs(law, point));
  const { priors, note } = choosePriors(law, asked.params, option); // 1. what to draw
  checkAsymptote(law, columns, { rules: asked.params, priors });
  const fit = fitLaw(columns, law, { ...fitOptions, level, params: heldParams(fitOptions, priors) }); // 2. the centre
  const study = createStudy(columns, fit, { options: fitOptions, priors });
  if (study.groups.length <= fit.free)
    fail(`forecast needs more units than the ${fit.free} free parameters, got ${study.groups.length}`);
  const random = createRandom(asked.seed);
  const nodes = fitNodes(study, random.fork()); // 3. all rows, the prior at its quantiles
  const draws = Array.from({ length: replicates }, () => fitReplicate(study, nodes, random)); // 4. rows and prior anew
  const scatter = noise ? fit.residuals.filter((_, row) => study.problem.weights[row] > 0) : new Float64Array(0);
  return {
    forecasts: points.map((point, index) => ({
      inputs: inputs[index],
      ...summarise({ study, nodes, draws, scatter, level }, point, random.fork()), // 5. the interval and its parts
      beyond: beyondRange(columns, law, inputs[index]),
    })),
    fit,
    prior: priors,
    note,
    level,
    replicates,
    unconverged: draws.filter(({ converged }) => !converged).length,
    unit: asked.unit === null ? 'row' : 'unit',
  };
}

/**
 * The level whose percentiles cover `level` when few units were drawn: percentiles know neither that residuals of a
 * fit are too small, by sqrt(units / (units - free)), nor Student's longer tails. Source: Hesterberg 2015, section 4.3,
 * the expanded percentile interval. @example expandLevel(0.9, 22, 4) // => 0.945, and 0.904 for 240 units
 */
export function expandLevel(level: number, units: number, free: number): number {
  const reach = Math.sqrt(units / (units - free)) * studentTwoSided(level, units - free);
  return normalBetween(-reach, reach);
}

/** Inputs outside the range of their column, and by which factor (positive inputs) or how far (others). */
export function beyondRange(
  columns: Columns,
  law: Law,
  inputs: Readonly<Record<string, number>>,
): Record<string, number> {
  const entries = law.inputs.flatMap(({ name, positive }): [string, number][] => {
    const low = columns[name].reduce((a, b) => Math.min(a, b), Infinity);
    const high = columns[name].reduce((a, b) => Math.max(a, b), -Infinity);
    const value = inputs[name];
    if (value > high) return [[name, positive ? value / high : value - high]];
    if (value < low) return [[name, positive ? low / value : low - value]];
    return [];
  });
  return Object.fromEntries(entries);
}

interface Parts {
  readonly study: Study;
  readonly nodes: readonly Node[];
  readonly draws: readonly Node[];
  readonly scatter: Float64Array;
  readonly level: number;
}

function summarise({ study, nodes, draws, scatter, level }: Parts, point: Float64Array, random: Random) {
  const { fit } = study;
  const { law, residual } = fit;
  const inside = residual === 'log' ? Math.log : (value: number) => value;
  const outside = residual === 'log' ? Math.exp : (value: number) => value;
  const at = (params: ArrayLike<number>) => law.evaluate(params, point);
  const values = Float64Array.from(draws, ({ params }) => at(params));
  const centres = values.map(inside);
  const noise = scatter.map(value => -value * Math.sqrt(fit.rows / (fit.rows - fit.free)));
  const spread =
    noise.length === 0
      ? centres
      : Float64Array.from(
          { length: RESIDUALS_PER_REPLICATE * draws.length },
          (_, i) => centres[i % draws.length] + noise[random.integer(noise.length)],
        );
  const [lo, hi] = percentileInterval(spread, expandLevel(level, study.groups.length, fit.free));
  const prior = variance(Float64Array.from(nodes, ({ params }) => inside(at(params))));
  return {
    value: at(law.params.map(({ name }) => fit.params[name].value)),
    lo: outside(lo),
    hi: outside(hi),
    parts: {
      parameters: Math.sqrt(Math.max(0, variance(centres) - prior)),
      prior: Math.sqrt(prior),
      noise: Math.sqrt(variance(noise)),
    },
    draws: values,
  };
}

function variance(values: Float64Array): number {
  if (values.length === 0) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

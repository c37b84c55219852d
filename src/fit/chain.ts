import { type Columns, createRandom, fail, unknownName } from '../base/index.js';
import { inputNames, type Law } from '../law/index.js';
import { type Bootstrap, bootstrapFit, percentileInterval } from './bootstrap.js';
import { type Forecast, type Forecasts, forecastFit } from './forecast.js';
import { checkKnown, type FitOptions } from './options.js';
import type { Prediction } from './predict.js';
import type { PriorOption } from './prior.js';

/** One step of the chain: its runs, its law, and how it is fitted. */
export interface Stage {
  readonly columns: Columns;
  readonly law: Law;
  readonly options?: FitOptions;
}

export interface ChainOptions {
  /** Draws of each stage, paired; 20 and up, default 400. */
  readonly replicates?: number;
  /** Coverage in (0, 1); default 0.9. */
  readonly level?: number;
  /** What is drawn beside the rows upstream, as in `forecastFit`. Losses in bits per byte need their own, or 'none'. */
  readonly prior?: PriorOption;
  /** true (default): the interval of one new run; false: of the laws' values. */
  readonly noise?: boolean;
  readonly seed?: number;
}

/** Standard deviations of what a score's interval is made of, in the unit of the score. */
export interface ChainParts {
  /** From not knowing the upstream loss. */
  readonly upstream: number;
  /** From not knowing how the score follows the loss. */
  readonly downstream: number;
  /** From the scatter of single runs about both laws; 0 without noise. */
  readonly noise: number;
}

export interface ChainForecast {
  readonly inputs: Readonly<Record<string, number>>;
  /** Upstream loss, with the interval of its own forecast. */
  readonly loss: Forecast;
  /** Downstream score at that loss, with the uncertainty of both stages. */
  readonly score: Prediction;
  readonly parts: ChainParts;
  /** The score's law at the loss of every draw, without noise. */
  readonly draws: Float64Array;
}

export interface Chain {
  readonly forecasts: readonly ChainForecast[];
  readonly upstream: Forecasts;
  readonly downstream: Bootstrap;
  readonly level: number;
}

/**
 * Score of a run that was not made: shape and tokens give its loss, the loss gives its score.
 *
 * The first input of the downstream law is the loss; its others, if any, are taken from `inputs` by name. The score at the
 * centre is the downstream law at the forecast loss. Its interval pairs draws of the upstream forecast with draws of
 * the downstream fit, so it carries both; the two are drawn apart, as if their errors were independent.
 *
 * @param stages.downstream.options.unit runs: checkpoints of one run share their error
 * @example chainForecast({ upstream, downstream }, [{ N: 13.2e9, D: 5e12 }], { prior: 'none' }).forecasts[0].score
 */
export function chainForecast(
  { upstream, downstream }: { upstream: Stage; downstream: Stage },
  inputs: readonly Readonly<Record<string, number>>[],
  options: ChainOptions = {},
): Chain {
  const { replicates = 400, level = 0.9, prior, noise = true, seed = 0, ...unknown } = options;
  checkKnown('chain option', Object.keys(unknown), ['replicates', 'level', 'prior', 'noise', 'seed']);
  const others = inputNames(downstream.law).slice(1);
  const own = inputNames(upstream.law);
  for (const point of inputs) checkInputs(point, [...own, ...others]);
  const draw = { replicates, level, noise };
  const first = forecastFit(
    upstream.columns,
    upstream.law,
    inputs.map(point => pick(point, own)),
    { ...upstream.options, ...draw, seed, ...(prior !== undefined && { prior }) },
  );
  // Another seed: equal ones would draw the same places of both tables.
  const second = bootstrapFit(downstream.columns, downstream.law, {
    ...downstream.options,
    replicates,
    level,
    seed: (seed + 1) % 2 ** 32,
  });
  const forecasts = first.forecasts.map((forecast, index) => {
    const rest = others.map(name => inputs[index][name]);
    const scored = scoreDraws(forecast, { upstream: first, downstream: second, rest, noise, seed: seed + index });
    const [lo, hi] = percentileInterval(scored.spread, level);
    const { value, parts, draws } = scored;
    return { inputs: inputs[index], loss: forecast, score: { value, lo, hi }, parts, draws };
  });
  return { forecasts, upstream: first, downstream: second, level };
}

function checkInputs(point: Readonly<Record<string, number>>, known: readonly string[]): void {
  for (const name of Object.keys(point))
    if (!known.includes(name)) fail(unknownName('input of the chain', name, known));
  for (const name of known)
    if (!Number.isFinite(point[name])) fail(`input ${name} of the chain must be a finite number, got ${point[name]}`);
}

const pick = (point: Readonly<Record<string, number>>, names: readonly string[]) =>
  Object.fromEntries(names.map(name => [name, point[name]]));

interface Pairing {
  readonly upstream: Forecasts;
  readonly downstream: Bootstrap;
  readonly rest: readonly number[];
  readonly noise: boolean;
  readonly seed: number;
}

/** The downstream law at each draw's loss and constants, and the same with a residual of each stage. */
function scoreDraws(forecast: Forecast, { upstream, downstream, rest, noise, seed }: Pairing) {
  const { fit, draws } = downstream;
  const { law } = fit;
  const centre = law.params.map(({ name }) => fit.params[name].value);
  const drawn = Array.from(forecast.draws, (_, i) => law.params.map(({ name }) => draws[name][i]));
  const at = (params: ArrayLike<number>, loss: number) => law.evaluate(params, [loss, ...rest]);
  const both = forecast.draws.map((loss, i) => at(drawn[i], loss));
  const random = createRandom(seed);
  const shift = (loss: number) => {
    const scatter = residualOf(upstream.fit, () => random.integer(upstream.fit.rows));
    return upstream.fit.residual === 'log' ? loss * Math.exp(scatter) : loss + scatter;
  };
  const spread = !noise
    ? both
    : forecast.draws.map((loss, i) => {
        const scatter = residualOf(fit, () => random.integer(fit.rows));
        const score = at(drawn[i], shift(loss));
        return fit.residual === 'log' ? score * Math.exp(scatter) : score + scatter;
      });
  return {
    value: at(centre, forecast.value),
    draws: both,
    spread,
    parts: {
      upstream: deviation(forecast.draws.map(loss => at(centre, loss))),
      downstream: deviation(Float64Array.from(drawn, params => at(params, forecast.value))),
      noise: deviation(spread.map((score, i) => score - both[i])),
    },
  };
}

/** A residual of the fit, measured minus predicted, as wide as the freedom of the fit makes it. */
const residualOf = ({ residuals, rows, free }: Bootstrap['fit'], pickRow: () => number) =>
  -residuals[pickRow()] * Math.sqrt(rows / (rows - free));

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

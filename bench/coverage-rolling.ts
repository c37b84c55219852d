import { type Columns, pickRows } from '../src/base/index.js';
import { type ForecastOptions, forecastFit, type Prior } from '../src/fit/index.js';
import { findLaw } from '../src/law/index.js';
import { type LoadedSet, loadRolloutSet, ROLLOUT_SETS } from './rollout-sets.js';

/** How often intervals held the real runs at one distance beyond the fitted ones. */
export interface RollingCoverage {
  readonly set: string;
  readonly interval: string;
  /** Compute of the held-out runs over the largest fitted. */
  readonly times: number;
  /** Of all held-out runs; mean over the cut-offs, so that one with many rows does not decide. */
  readonly coverage: number;
  /** Of those within 1 % of the least loss of their quarter decade: the runs that somebody would train. */
  readonly coverage_best: number;
  /** Medians over the runs, in percent: width over the lower end, and error of `value`. */
  readonly width: number;
  readonly error: number;
  readonly cutoffs: number;
  readonly runs: number;
}

/** Compute is 6 N D on every set, whatever its table calls C: cut-offs then mean one thing. */
const TIMES = [4, 10, 30];
/** Cut-offs every quarter decade of compute, the first where the fitted runs span three quarters of one. */
const STEP = 0.25;
const FIRST = 0.75;
/** Held-out runs lie within this factor (in decades) of the time sought. */
const NEAR = 0.2;
/** Fewer rows are not fitted. */
const LEAST_ROWS = 12;
/** Within this share of the least loss of its quarter decade a run is among the best. */
const BEST = 0.01;

/** Sets whose losses are not in nats per token of text need a prior of their own; this one is read off the full fit. */
const PRIORS: Readonly<Record<string, Readonly<Record<string, Prior>>>> = {
  'Llama 3, isoFLOP': { E: { median: 0.6, sd: 0.15 } },
};

/** Coverage of real runs that the fit has not seen, for the default interval and for the law's own bootstrap. */
export async function coverRolling(replicates?: number): Promise<RollingCoverage[]> {
  const all: RollingCoverage[] = [];
  for (const set of ROLLOUT_SETS) {
    const loaded = await loadRolloutSet(set);
    for (const interval of ['E drawn', 'bootstrap of the law'] as const) {
      const prior = interval === 'E drawn' ? PRIORS[set.name] : 'none';
      all.push(...coverSet(set.name, loaded, { interval, options: { prior, replicates, level: 0.9, starts: 16 } }));
    }
    console.error(`${set.name}: done`);
  }
  return all;
}

/** One held-out run and what was said of it. */
interface Test {
  readonly cutoff: number;
  readonly times: number;
  readonly best: boolean;
  readonly held: boolean;
  readonly width: number;
  readonly error: number;
}

function coverSet(
  set: string,
  loaded: LoadedSet,
  { interval, options }: { interval: string; options: ForecastOptions },
): RollingCoverage[] {
  const tests = rollForward(loaded, options);
  return TIMES.flatMap(times => {
    const here = tests.filter(test => test.times === times);
    if (here.length === 0) return [];
    return [
      {
        set,
        interval,
        times,
        coverage: shareHeld(here),
        coverage_best: shareHeld(here.filter(test => test.best)),
        width: median(here.map(({ width }) => width)),
        error: median(here.map(({ error }) => error)),
        cutoffs: new Set(here.map(({ cutoff }) => cutoff)).size,
        runs: here.length,
      },
    ];
  });
}

function rollForward({ columns, unit }: LoadedSet, options: ForecastOptions): Test[] {
  const law = findLaw('chinchilla');
  const { N, D, loss } = columns;
  const C = N.map((n, row) => 6 * n * D[row]);
  const place = C.map(value => Math.log10(value / C.reduce((a, b) => Math.min(a, b))));
  const end = Math.max(...place);
  const isBest = bestRuns(place, columns);
  const tests: Test[] = [];
  for (let cutoff = FIRST; cutoff < end; cutoff += STEP) {
    const fitted = rowsWhere(place, value => value <= cutoff + 1e-4);
    const times = (row: number) => TIMES.filter(x => Math.abs(place[row] - cutoff - Math.log10(x)) <= NEAR + 1e-6);
    const ahead = Array.from(C.keys()).filter(row => times(row).length > 0);
    if (fitted.length < LEAST_ROWS || ahead.length === 0) continue;
    const units = unit && fitted.map(row => unit[row]);
    if (units && new Set(units).size <= law.params.length) continue;
    const inputs = ahead.map(row => ({ N: N[row], D: D[row] }));
    const { forecasts } = forecastFit(pickRows(columns, fitted), law, inputs, { ...options, unit: units });
    forecasts.forEach(({ value, lo, hi }, k) => {
      const row = ahead[k];
      const held = lo <= loss[row] && loss[row] <= hi;
      const error = 100 * Math.abs(value / loss[row] - 1);
      for (const x of times(row))
        tests.push({ cutoff, times: x, best: isBest[row], held, width: 100 * (hi / lo - 1), error });
    });
  }
  return tests;
}

function bestRuns(place: Float64Array, { loss }: Columns): boolean[] {
  const bucket = (row: number) => Math.floor(place[row] / STEP + 1e-6);
  const best = new Map<number, number>();
  for (const row of loss.keys()) best.set(bucket(row), Math.min(best.get(bucket(row)) ?? Infinity, loss[row]));
  return Array.from(loss, (value, row) => value <= (1 + BEST) * (best.get(bucket(row)) as number));
}

const rowsWhere = (values: Float64Array, holds: (value: number) => boolean) =>
  Array.from(values.keys()).filter(row => holds(values[row]));

function shareHeld(tests: readonly Test[]): number {
  const shares = [...new Set(tests.map(({ cutoff }) => cutoff))].map(cutoff => {
    const here = tests.filter(test => test.cutoff === cutoff);
    return here.filter(({ held }) => held).length / here.length;
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

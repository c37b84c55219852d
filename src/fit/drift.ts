import { type Columns, fail, format, InputError, pickRows } from '../base/index.js';
import type { Law } from '../law/index.js';
import { type Fit, fitLaw } from './fit.js';
import { checkKnown, type FitOptions } from './options.js';
import { asymptoteOf, leastLoss } from './prior.js';
import { computeColumn } from './rollout.js';

export interface DriftOptions {
  /** Column of the training compute; default 'C'. */
  readonly compute?: string;
  /** Decades of compute in the first fit; default 0.75. */
  readonly first?: number;
  /** Decades more in each next one; default 0.5. */
  readonly step?: number;
  /** Options of the fits; the asymptote must be free. */
  readonly fit?: Omit<FitOptions, 'unit' | 'weights'>;
}

/** The asymptote as it comes out of the rows of least compute. */
export interface DriftStep {
  /** Decades of compute that the rows span, from the smallest run. */
  readonly decades: number;
  readonly rows: number;
  /** null where these rows cannot be fitted: too few. */
  readonly E: number | null;
}

/**
 * settled: E moved by at most 4 % of the smallest loss over the last decade of compute. falling: it fell by more, so a forecast
 * with a free E comes out too high. moving: it rose by more, or comes and goes. atBound: it sits at 0.
 * short: less than two fits a decade apart.
 */
export type DriftVerdict = 'settled' | 'falling' | 'moving' | 'atBound' | 'short';

export interface Drift {
  readonly steps: readonly DriftStep[];
  readonly verdict: DriftVerdict;
  /** Whether a forecast with this law's free asymptote can be trusted, in words. */
  readonly text: string;
}

/** E counts as settled when it moves by no more than this share of the smallest loss. */
const SETTLED = 0.04;
/** Over nearly a decade: steps are half of one, and the last is cut short by the largest run. */
const LAST_DECADES = 0.9;

/** The wrong knob, where a reader may turn it; `bench rollout` keeps the numbers. */
export const DELTA_NOTE =
  "Huber's delta decides little (at ten times the compute 1e-3, 1e-2 and plain squares differ by about half a point, pinned and free asymptotes by up to nine); the asymptote decides: hold it at a known value, give it a prior, or take larger runs";

/**
 * Fits a law with a free asymptote to the first 0.75, 1.25, ... decades of compute: the series of E says whether a
 * forecast can be trusted.
 *
 * @example driftOfAsymptote({ N, D, C, loss }, findLaw('chinchilla')).verdict // => 'settled' on the Chinchilla points
 */
export function driftOfAsymptote(columns: Columns, law: Law, options: DriftOptions = {}): Drift {
  const { compute: name = 'C', first = 0.75, step = 0.5, fit = {}, ...unknown } = options;
  checkKnown('drift option', Object.keys(unknown), ['compute', 'first', 'step', 'fit']);
  const asymptote = asymptoteOf(law) ?? fail(`${law.name} must have an asymptote, got none`);
  const compute = computeColumn(columns, name);
  const lowest = compute.reduce((a, b) => Math.min(a, b), Infinity);
  const highest = compute.reduce((a, b) => Math.max(a, b), 0);
  const steps: DriftStep[] = [];
  const span = Math.log10(highest / lowest);
  for (let decades = first; ; decades += step) {
    const rows = Array.from(compute.keys()).filter(row => Math.log10(compute[row] / lowest) <= decades + 1e-9);
    const found = tryFit(pickRows(columns, rows), law, fit);
    steps.push({ decades: Math.min(decades, span), rows: rows.length, E: found?.params[asymptote].value ?? null });
    if (decades >= span) break;
  }
  return { steps, ...judgeDrift(steps, leastLoss(law, columns).least) };
}

function tryFit(columns: Columns, law: Law, options: FitOptions): Fit | null {
  try {
    return fitLaw(columns, law, options);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** What a series of E means, given the smallest loss measured. */
export function judgeDrift(steps: readonly DriftStep[], least: number): Pick<Drift, 'verdict' | 'text'> {
  const known = steps.flatMap(({ decades, E }) => (E === null ? [] : [{ decades, E }]));
  const last = known.at(-1);
  const before = known.filter(({ decades }) => last !== undefined && decades <= last.decades - LAST_DECADES).at(-1);
  if (last === undefined || before === undefined)
    return say(
      'short',
      'the runs span too little compute to see whether E has settled: no forecast with a free E can be trusted',
    );
  const change = `E ${format.digits(before.E, 3)} -> ${format.digits(last.E, 3)} over the last decade of compute`;
  if (last.E === 0) return say('atBound', `${change}: E is at its bound and not identified; ${DELTA_NOTE}`);
  const recent = known.filter(({ decades }) => decades >= before.decades).map(({ E }) => E);
  const reach = (Math.max(...recent) - Math.min(...recent)) / least;
  if (reach <= SETTLED) return say('settled', `${change}: E has settled, a forecast with a free E can be trusted`);
  const falls = last.E < before.E && recent.every((E, k) => k === 0 || E <= recent[k - 1] + (SETTLED * least) / 2);
  if (falls)
    return say('falling', `${change}: E still falls, so a forecast with a free E comes out too high; ${DELTA_NOTE}`);
  return say('moving', `${change}: E has not settled, so a forecast with a free E cannot be trusted; ${DELTA_NOTE}`);
}

const say = (verdict: DriftVerdict, text: string) => ({ verdict, text });

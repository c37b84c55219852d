import { type Columns, fail, InputError } from '../base/index.js';
import { type Candidate, type CandidateFit, fitCandidate, type ParsedCandidate } from './compare-candidate.js';
import { defaultCandidates, REFERENCE } from './compare-candidates.js';
import { type LeaveOut, leaveRunsOut } from './compare-leave-out.js';
import { type Advice, adviseForecast } from './compare-text.js';
import { type Drift, driftOfAsymptote } from './drift.js';
import type { Fit } from './fit.js';
import { checkCount } from './options.js';
import { asymptoteOf } from './prior.js';
import { type RolloutOptions, type Rollouts, rolloutLaws } from './rollout.js';
import {
  type Choice,
  chooseLaw,
  type HonestRollout,
  type HorizonScore,
  honestRollout,
  scoreHorizons,
} from './rollout-choose.js';

export interface CompareOptions extends RolloutOptions {
  /** The run each row belongs to; default: each row is its own. Checkpoints of one run go out together. */
  readonly unit?: ArrayLike<number | string>;
  /** Fits of the leave-one-run-out error at most, 0 for none; default 24. More runs than that go out several at a time. */
  readonly folds?: number;
  /** Past errors within this factor of the least count as alike; default 1.2. */
  readonly tie?: number;
  /** The candidate shown beside the choice; default 'ND free' where it is compared, else none. */
  readonly reference?: string;
}

/** One candidate's row of the table. */
export interface ComparedLaw {
  readonly name: string;
  readonly law: string;
  /** The fit to all its rows; null where it is refused. */
  readonly fit: Fit | null;
  readonly refused: string | null;
  readonly rows: number;
  readonly free: number;
  readonly objective: number | null;
  /** Information criteria in sample, small rows counted (AICc); null where rows or beliefs differ from the other candidates'. */
  readonly aicc: number | null;
  readonly bic: number | null;
  readonly leaveOut: LeaveOut | null;
  /** Errors on larger runs, over every cut-off. */
  readonly rollout: readonly HorizonScore[];
  /** Mean relative error of all its forecasts, which decides the choice; null without a forecast. */
  readonly past: number | null;
}

export interface Comparison {
  readonly laws: readonly ComparedLaw[];
  readonly rollouts: Rollouts;
  /** The law to take for runs beyond the table; null where no forecast could be checked. */
  readonly choice: Choice | null;
  /** What choosing so at every earlier cut-off would have given, and the reference at the same cut-offs. */
  readonly honest: HonestRollout;
  readonly reference: string | null;
  /** The reference's asymptote over the decades; null without a reference that has one. */
  readonly drift: Drift | null;
  readonly advice: Advice;
}

/**
 * Several laws on one table: in sample, on runs left out, and on larger runs that small ones forecast.
 *
 * The recommendation follows rollout error alone: forecasts that end within the table, each made from the rows below its
 * cut-off. The in-sample objective picks the law with most constants, which on the Gemstones runs forecasts three times
 * worse. A law with a free asymptote stands beside the choice, since choosing by rollout is not always better; the drift
 * of its asymptote says whether it can be trusted.
 *
 * @param candidates laws and variants as data; default: those of `defaultCandidates` that the columns allow
 * @example compareLaws({ N, D, C, loss }).advice.text // => 'forecast with C E 1.7: ...'
 */
export function compareLaws(
  columns: Columns,
  candidates: readonly Candidate[] = defaultCandidates(columns),
  options: CompareOptions = {},
): Comparison {
  const { unit = null, folds = 24, tie = 1.2, reference: asked, ...rollout } = options;
  if (folds !== 0) checkCount('folds', folds, 1e6);
  const rollouts = rolloutLaws(columns, candidates, rollout);
  const reference = findReference(rollouts.candidates, asked);
  if (unit !== null && unit.length !== rollouts.best.length)
    fail(`unit must have one entry a row (${rollouts.best.length}), got ${unit.length}`);
  const choice = chooseLaw(rollouts, Infinity, { tie });
  const honest = honestRollout(rollouts, { tie, reference: reference?.name ?? null });
  const drift = reference === null ? null : driftOf(reference, columns, rollouts.options.compute);
  const laws = rollouts.candidates.map(candidate => {
    const past =
      choice !== null && Object.hasOwn(choice.past, candidate.name) ? choice.past[candidate.name].error : null;
    return { ...compareOne(candidate, columns, { rollouts, unit, folds }), past };
  });
  return {
    laws,
    rollouts,
    choice,
    honest,
    reference: reference?.name ?? null,
    drift,
    advice: adviseForecast({ rollouts, choice, honest, reference: reference?.name ?? null, drift }),
  };
}

function findReference(candidates: readonly ParsedCandidate[], asked: string | undefined): ParsedCandidate | null {
  const found = candidates.find(({ name }) => name === (asked ?? REFERENCE));
  if (found === undefined && asked !== undefined) fail(`reference must be a candidate, got ${asked}`);
  return found ?? null;
}

/** Only an asymptote that is free can drift. */
function driftOf({ law, options, inputs, rows }: ParsedCandidate, columns: Columns, compute: string): Drift | null {
  const asymptote = asymptoteOf(law);
  const isFree = asymptote !== null && options.params?.[asymptote]?.value === undefined;
  if (!isFree || rows === 'best') return null;
  const renamed = Object.fromEntries(Object.entries(inputs).map(([input, column]) => [input, columns[column]]));
  return driftOfAsymptote({ ...columns, ...renamed }, law, { compute, fit: options });
}

interface Study {
  readonly rollouts: Rollouts;
  readonly unit: ArrayLike<number | string> | null;
  readonly folds: number;
}

function compareOne(
  candidate: ParsedCandidate,
  columns: Columns,
  { rollouts, unit, folds }: Study,
): Omit<ComparedLaw, 'past'> {
  const { name, law, prior } = candidate;
  const own = rollouts.rollouts.filter(rollout => rollout.candidate === name);
  const rows = Array.from(rollouts.best.keys()).filter(row => candidate.rows === 'all' || rollouts.best[row]);
  const common = { name, law: law.name, rows: rows.length, rollout: scoreHorizons(own, rollouts) };
  const found = tryCandidate(candidate, columns, { rows, start: own.at(-1)?.fit ?? undefined });
  if (typeof found === 'string')
    return { ...common, fit: null, refused: found, free: 0, objective: null, aicc: null, bic: null, leaveOut: null };
  const { fit } = found;
  const alike = candidate.rows === 'all' && Object.keys(prior).length === 0;
  return {
    ...common,
    fit,
    refused: null,
    free: fit.free,
    objective: fit.objective,
    aicc: alike ? smallSampleAic(fit) : null,
    bic: alike ? fit.metrics.bic : null,
    leaveOut: folds === 0 ? null : leaveRunsOut(candidate, columns, { rows, unit, folds, start: fit }),
  };
}

function tryCandidate(
  candidate: ParsedCandidate,
  columns: Columns,
  options: { rows: readonly number[]; start: Fit | undefined },
): CandidateFit | string {
  try {
    return fitCandidate(candidate, columns, options);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/** AIC + 2 k (k + 1) / (rows - k - 1), k with the scale. Source: Hurvich and Tsai 1989. */
function smallSampleAic({ metrics, free, rows }: Fit): number | null {
  const k = free + 1;
  return rows > k + 1 ? metrics.aic + (2 * k * (k + 1)) / (rows - k - 1) : null;
}

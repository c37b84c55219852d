import { type Columns, InputError } from '../base/index.js';
import { fitCandidate, type ParsedCandidate } from './compare-candidate.js';
import type { Fit } from './fit.js';
import { sortedShare } from './rollout-score.js';

/** Relative errors on runs that took no part in the fit; shares, not percent. */
export interface LeaveOut {
  readonly median: number;
  readonly p90: number;
  /** Fits made: the number of runs, or fewer when runs went out several at a time. */
  readonly folds: number;
  readonly runs: number;
}

export interface LeaveOutOptions {
  /** Rows that take part. */
  readonly rows: readonly number[];
  /** The run each row of the table belongs to; null: each row is its own. */
  readonly unit: ArrayLike<number | string> | null;
  /** Fits at most; with more runs they go out several at a time, spread evenly. */
  readonly folds: number;
  readonly start: Fit;
}

/**
 * Relative errors of a candidate on each run, fitted without it. All rows of a run go out together, or its own
 * checkpoints would tell what is to be forecast. null where what is left cannot be fitted.
 */
export function leaveRunsOut(
  candidate: ParsedCandidate,
  columns: Columns,
  { rows, unit, folds, start }: LeaveOutOptions,
): LeaveOut | null {
  const runs = [...new Set(rows.map(row => (unit === null ? row : unit[row])))];
  const count = Math.min(folds, runs.length);
  if (count < 2) return null;
  const fold = new Map(runs.map((run, index) => [run, index % count]));
  const foldOf = (row: number) => fold.get(unit === null ? row : unit[row]);
  const response = columns[candidate.law.response.name];
  const errors: number[] = [];
  for (let out = 0; out < count; out++) {
    const held = rows.filter(row => foldOf(row) === out);
    const predicted = predictWithout(candidate, columns, {
      rows: rows.filter(row => foldOf(row) !== out),
      held,
      start,
    });
    if (predicted === null) return null;
    held.forEach((row, k) => {
      errors.push(Math.abs(predicted[k] / response[row] - 1));
    });
  }
  errors.sort((a, b) => a - b);
  return { median: sortedShare(errors, 0.5), p90: sortedShare(errors, 0.9), folds: count, runs: runs.length };
}

function predictWithout(
  candidate: ParsedCandidate,
  columns: Columns,
  { rows, held, start }: { rows: readonly number[]; held: readonly number[]; start: Fit },
): Float64Array | null {
  try {
    return fitCandidate(candidate, columns, { rows, start }).predict(columns, held);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

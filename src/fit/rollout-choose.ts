import { fail, outsideRange, unknownName } from '../base/index.js';
import type { Rollout, Rollouts } from './rollout.js';
import { sortedShare } from './rollout-score.js';

export interface ChooseOptions {
  /** Candidates whose mean past error is within this factor of the least are alike: the one with fewest constants is taken. 1 and up; default 1.2. */
  readonly tie?: number;
  /** Candidates that may be chosen; default all. */
  readonly among?: readonly string[];
}

/** What past forecasts say of one candidate. */
export interface PastScore {
  /** Mean size of its relative errors. */
  readonly error: number;
  readonly forecasts: number;
}

/** The law a reader at `cutoff` would take, knowing only forecasts of runs up to there. */
export interface Choice {
  readonly cutoff: number;
  readonly name: string;
  readonly past: Readonly<Record<string, PastScore>>;
}

/**
 * Chooses by forecasts that end below the cut-off: each candidate's mean relative error on best runs between the
 * cut-offs before and this one. null where nothing ends below yet.
 *
 * Small differences between candidates are luck when a handful of runs judges them, so within `tie` of the least error the
 * fewest free constants win. The objective in sample plays no part: nine constants fit best and forecast worse.
 */
export function chooseLaw(rollouts: Rollouts, cutoff: number, options: ChooseOptions = {}): Choice | null {
  const { tie = 1.2, among = rollouts.candidates.map(({ name }) => name) } = options;
  if (!(tie >= 1)) fail(outsideRange('tie', '[1, Infinity)', tie));
  const names = rollouts.candidates.map(({ name }) => name);
  for (const name of among) if (!names.includes(name)) fail(unknownName('candidate', name, names));
  if (!hasHistory(rollouts, cutoff)) return null;
  const now = rollouts.rollouts.filter(rollout => rollout.cutoff === cutoff);
  const open = among.filter(name => now.every(rollout => rollout.candidate !== name || rollout.fit !== null));
  const scored = open.flatMap(name => scoreCandidate(rollouts, name, cutoff));
  if (scored.length === 0) return null;
  const least = Math.min(...scored.map(({ error }) => error));
  const alike = scored.filter(({ error }) => error <= tie * least);
  const best = alike.reduce((a, b) => (b.free < a.free || (b.free === a.free && b.error < a.error) ? b : a));
  const past = Object.fromEntries(scored.map(({ name, error, forecasts }) => [name, { error, forecasts }]));
  return { cutoff, name: best.name, past };
}

/** Whether the shortest horizon of the first rollout ends below, and within the table. */
function hasHistory({ cutoffs, range, options }: Rollouts, cutoff: number): boolean {
  const reach = Math.min(...options.horizons) * 10 ** options.window;
  return cutoffs.length > 0 && cutoffs[0] * reach <= Math.min(cutoff, range[1]) * (1 + 1e-4);
}

interface Scored extends PastScore {
  readonly name: string;
  readonly free: number;
}

/** A candidate with a third fewer forecasts than the rest had easier ones; it is left out. */
const MOST_MISSING = 1 / 3;

function scoreCandidate({ rollouts }: Rollouts, name: string, cutoff: number): Scored[] {
  const before = rollouts.filter(rollout => rollout.cutoff < cutoff);
  const errors = (list: readonly Rollout[]) =>
    list.flatMap(rollout => rollout.errors.filter(({ ratio }) => ratio * rollout.cutoff <= cutoff).map(e => e.error));
  const own = before.filter(rollout => rollout.candidate === name);
  const sizes = errors(own).map(Math.abs);
  const most = Math.max(
    ...[...new Set(before.map(one => one.candidate))].map(
      other => errors(before.filter(one => one.candidate === other)).length,
    ),
  );
  if (sizes.length === 0 || sizes.length < (1 - MOST_MISSING) * most) return [];
  const free = Math.max(...own.map(({ fit }) => fit?.free ?? 0));
  return [{ name, free, error: sizes.reduce((a, b) => a + b, 0) / sizes.length, forecasts: sizes.length }];
}

/** Relative errors at one horizon: over how many cut-offs and runs, their median and 90th percentile; shares, not percent. */
export interface HorizonScore {
  readonly horizon: number;
  readonly cutoffs: number;
  readonly forecasts: number;
  readonly median: number;
  readonly p90: number;
}

/** Errors of rollouts at each horizon, runs of all cut-offs pooled; horizons that no run reaches are left out. */
export function scoreHorizons(rollouts: readonly Rollout[], { options }: Rollouts): HorizonScore[] {
  return options.horizons.flatMap(horizon => {
    const each = rollouts.map(({ errors }) =>
      errors
        .filter(({ ratio }) => Math.abs(Math.log10(ratio / horizon)) <= options.window)
        .map(({ error }) => Math.abs(error)),
    );
    const sizes = each.flat().sort((a, b) => a - b);
    if (sizes.length === 0) return [];
    const cutoffs = each.filter(list => list.length > 0).length;
    return [
      { horizon, cutoffs, forecasts: sizes.length, median: sortedShare(sizes, 0.5), p90: sortedShare(sizes, 0.9) },
    ];
  });
}

/** What choosing at every cut-off, each time blind to what lies beyond, would have given. */
export interface HonestRollout {
  readonly choices: readonly Choice[];
  readonly chosen: readonly HorizonScore[];
  /** The reference law at the same cut-offs; empty without one. */
  readonly reference: readonly HorizonScore[];
}

/** Chooses at every cut-off that has a history, and scores what was chosen on the runs beyond it. */
export function honestRollout(
  rollouts: Rollouts,
  { reference = null, ...options }: ChooseOptions & { reference?: string | null } = {},
): HonestRollout {
  const choices = rollouts.cutoffs.flatMap(cutoff => chooseLaw(rollouts, cutoff, options) ?? []);
  const at = (pick: (choice: Choice) => string | null) =>
    choices.flatMap(choice => {
      const name = pick(choice);
      return rollouts.rollouts.filter(one => one.cutoff === choice.cutoff && one.candidate === name);
    });
  return {
    choices,
    chosen: scoreHorizons(
      at(choice => choice.name),
      rollouts,
    ),
    reference: scoreHorizons(
      at(() => reference),
      rollouts,
    ),
  };
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { type Columns, format } from '../src/base/index.js';
import {
  type Comparison,
  chooseLaw,
  compareLaws,
  type FitOptions,
  type HonestRollout,
  type HorizonScore,
  honestRollout,
  type Rollouts,
  rolloutLaws,
  scoreHorizons,
} from '../src/fit/index.js';
import type { Row } from './measure.js';
import { loadRolloutSet, ROLLOUT_SETS, type RolloutSet } from './rollout-sets.js';

/** Ties tried beside the default 1.2, so that a reader sees how much the choice owes to it. */
const TIES = [1, 1.1, 1.2, 1.3, 1.5];
const RESULTS = new URL('results/', import.meta.url);

/**
 * Forecasts of larger runs on ten sets of real runs: ours is the error of laws chosen blind, in percent, the peer the
 * target. Prints the whole table and saves it as results/rollout.json.
 */
export async function benchmarks(): Promise<Row[]> {
  const results: Result[] = [];
  for (const set of ROLLOUT_SETS) {
    const { columns, unit } = await loadRolloutSet(set);
    const comparison = compareLaws(columns, undefined, { unit, folds: unit ? 24 : 0 });
    const result = { ...summarise(set, comparison), by_rho: tryRhos(columns) };
    console.error(lines(result).join('\n'));
    results.push(result);
  }
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(new URL('rollout.json', RESULTS), `${JSON.stringify(results, null, 2)}\n`);
  return results.flatMap(rows);
}

/** The knob that does not matter: L(N, D) with a free asymptote under other functions of the residual. */
const RHOS: Readonly<Record<string, FitOptions>> = {
  'delta 1e-3': { huberDelta: 1e-3 },
  'delta 1e-2': { huberDelta: 1e-2 },
  squared: { rho: 'squared' },
};

function tryRhos(columns: Columns): Record<string, Score[]> {
  const candidates = Object.entries(RHOS).map(([name, options]) => ({
    name,
    law: 'chinchilla',
    options: { ...options, starts: 16 },
  }));
  const rollouts = rolloutLaws(columns, candidates);
  const of = (name: string) => rollouts.rollouts.filter(({ candidate }) => candidate === name);
  return Object.fromEntries(candidates.map(({ name }) => [name, scoreHorizons(of(name), rollouts).map(percent)]));
}

/** The results of one set, errors in percent. */
interface Result {
  readonly by_rho: Readonly<Record<string, readonly Score[]>>;
  readonly name: string;
  readonly rows: number;
  readonly best_runs: number;
  readonly decades: number;
  readonly target: RolloutSet['target'];
  readonly checked_reference: string;
  readonly chosen: readonly Score[];
  readonly without_pins: readonly Score[];
  readonly reference: readonly Score[];
  readonly choices: Readonly<Record<string, string>>;
  readonly by_tie: Readonly<Record<string, readonly Score[]>>;
  readonly laws: readonly LawResult[];
  readonly drift: Comparison['drift'];
  readonly advice: Comparison['advice'];
}

interface Score {
  readonly horizon: number;
  readonly cutoffs: number;
  readonly forecasts: number;
  readonly median: number;
  readonly p90: number;
}

interface LawResult {
  readonly name: string;
  readonly refused: string | null;
  readonly rows: number;
  readonly free: number;
  readonly objective: number | null;
  readonly aicc: number | null;
  readonly bic: number | null;
  readonly left_out: { readonly median: number; readonly p90: number } | null;
  readonly rollout: readonly Score[];
}

function summarise(set: RolloutSet, comparison: Comparison): Omit<Result, 'by_rho'> {
  const { laws, rollouts, honest, drift, advice } = comparison;
  const unpinned = rollouts.candidates.map(({ name }) => name).filter(name => !name.includes('1.7'));
  const blind = (options: object): HonestRollout => honestRollout(rollouts, options);
  return {
    name: set.name,
    rows: rollouts.best.length,
    best_runs: rollouts.best.filter(Boolean).length,
    decades: Math.log10(rollouts.range[1] / rollouts.range[0]),
    target: set.target,
    checked_reference: set.checked,
    chosen: honest.chosen.map(percent),
    without_pins: blind({ among: unpinned }).chosen.map(percent),
    reference: honest.reference.map(percent),
    choices: {
      ...Object.fromEntries(honest.choices.map(({ cutoff, name }) => [cutoff.toExponential(2), name])),
      ...last(rollouts),
    },
    by_tie: Object.fromEntries(TIES.map(tie => [tie, blind({ tie }).chosen.map(percent)])),
    laws: laws.map(law => ({
      name: law.name,
      refused: law.refused,
      rows: law.rows,
      free: law.free,
      objective: law.objective,
      aicc: law.aicc,
      bic: law.bic,
      left_out: law.leaveOut && { median: 100 * law.leaveOut.median, p90: 100 * law.leaveOut.p90 },
      rollout: law.rollout.map(percent),
    })),
    drift,
    advice,
  };
}

const percent = (score: HorizonScore): Score => ({ ...score, median: 100 * score.median, p90: 100 * score.p90 });

function last(rollouts: Rollouts): Record<string, string> {
  const choice = chooseLaw(rollouts, Infinity);
  return choice === null ? {} : { all: choice.name };
}

const shown = (scores: readonly Score[]) =>
  scores
    .map(({ horizon, median, p90, cutoffs }) => `${horizon}x ${median.toFixed(2)}/${p90.toFixed(2)} (${cutoffs})`)
    .join('  ') || '-';

function lines({ name, target, chosen, without_pins, reference, laws, choices, ...result }: Result): string[] {
  const aim = target === null ? 'no target' : `target ${target.horizon}x ${target.median}/${target.p90}`;
  return [
    `\n${name}: ${result.rows} rows, ${result.best_runs} best, ${result.decades.toFixed(2)} decades; ${aim}`,
    `  chosen blind        ${shown(chosen)}`,
    `  blind, without pins ${shown(without_pins)}`,
    `  ND free beside it   ${shown(reference)}   (checked, all cut-offs: ${result.checked_reference})`,
    ...Object.entries(result.by_tie).map(([tie, scores]) => `  tie ${tie.padEnd(15)} ${shown(scores)}`),
    ...Object.entries(result.by_rho).map(([rho, scores]) => `  ND free, ${rho.padEnd(10)} ${shown(scores)}`),
    ...laws.map(law => `    ${law.name.padEnd(18)}${law.refused ?? `${shown(law.rollout)}${leftOut(law)}`}`),
    `  ${Object.entries(choices)
      .map(([cutoff, law]) => `${cutoff}: ${law}`)
      .join(', ')}`,
    `  E ${result.drift?.steps.map(({ E }) => (E === null ? '-' : E.toFixed(2))).join(' ')}: ${result.drift?.verdict}`,
    `  ${result.advice.text}`,
  ];
}

const leftOut = ({ left_out, objective }: LawResult) =>
  left_out === null
    ? ''
    : `  left out ${left_out.median.toFixed(2)}/${left_out.p90.toFixed(2)}, objective ${format.digits(Number(objective))}`;

/** Rows of the bench: error and target, so that a ratio of 1 or more reaches it. */
function rows({ name, target, chosen, laws }: Result): Row[] {
  const row = (what: string, ours: number, peer: number): Row => ({
    name: what,
    ours,
    peer,
    unit: '%',
    ratio: peer / ours,
  });
  const found = chosen.find(({ horizon }) => horizon === target?.horizon);
  const rollout =
    target === null || found === undefined
      ? []
      : [
          row(`${name}, ${target.horizon} times the compute, median error against target`, found.median, target.median),
          row(`${name}, ${target.horizon} times the compute, 90th percentile`, found.p90, target.p90),
        ];
  const shape = laws.find(law => law.name === 'WDNT free')?.left_out;
  if (!shape || name !== 'Gemstones, train loss') return rollout;
  return [
    ...rollout,
    row(`${name}, one shape left out, WDNT, median error against target`, shape.median, 0.25),
    row(`${name}, one shape left out, WDNT, 90th percentile`, shape.p90, 1.1),
  ];
}

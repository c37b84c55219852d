import { type Columns, fail, InputError, mustBe, outsideRange, unknownName } from '../base/index.js';
import type { Candidate, ParsedCandidate } from './compare-candidate.js';
import { fitCandidate, parseCandidates } from './compare-candidate.js';
import type { Fit } from './fit.js';
import { checkCount, checkKnown } from './options.js';

export interface RolloutOptions {
  /** Column of the training compute; default 'C'. */
  readonly compute?: string;
  /** Column of what is forecast; default: the response of the first candidate's law. */
  readonly response?: string;
  /** Decades of compute between cut-offs; default 0.25. */
  readonly step?: number;
  /** Decades of compute below the first cut-off; default 0.75. */
  readonly first?: number;
  /** How far ahead forecasts are scored, as factors of compute above 1; default 4, 10, 30. */
  readonly horizons?: readonly number[];
  /** Runs count for a horizon when their compute lies within this many decades of it; default 0.2. */
  readonly window?: number;
  /** Best runs lose no more than this share to the best of their step of compute; default 0.01. */
  readonly near?: number;
  /** Rows a cut-off must leave below it; default 12. */
  readonly minRows?: number;
}

export type ParsedRollout = Required<RolloutOptions>;

/** One best run beyond a cut-off: how far, and by how much the forecast missed it. */
export interface RolloutError {
  readonly row: number;
  /** Compute of the run over that of the cut-off. */
  readonly ratio: number;
  /** Predicted / measured - 1. */
  readonly error: number;
}

/** A candidate fitted to the rows up to one cut-off and scored on the best runs beyond. */
export interface Rollout {
  readonly candidate: string;
  /** Most compute of the rows fitted. */
  readonly cutoff: number;
  readonly rows: number;
  readonly fit: Fit | null;
  /** Why there is no fit at this cut-off: too few rows, a pinned asymptote above a loss. */
  readonly refused: string | null;
  readonly errors: readonly RolloutError[];
}

/** Rollouts of every candidate, and the ladder of compute they share. */
export interface Rollouts {
  readonly candidates: readonly ParsedCandidate[];
  readonly options: ParsedRollout;
  readonly cutoffs: readonly number[];
  /** Of each row, whether it is one of the best runs of its step of compute. */
  readonly best: readonly boolean[];
  /** Compute of the smallest run and of the largest. */
  readonly range: readonly [number, number];
  readonly rollouts: readonly Rollout[];
}

/** Checks the options of a rollout; each has a default. */
export function parseRolloutOptions(options: RolloutOptions, response: string): ParsedRollout {
  const {
    compute = 'C',
    response: column = response,
    step = 0.25,
    first = 0.75,
    horizons = [4, 10, 30],
    window = 0.2,
    near = 0.01,
    minRows = 12,
    ...unknown
  } = options;
  checkKnown('rollout option', Object.keys(unknown), OPTION_NAMES);
  for (const [name, value] of Object.entries({ step, first, window }))
    if (!(value > 0 && value <= 10)) fail(outsideRange(name, '(0, 10] decades', value));
  if (!(near >= 0 && near < 1)) fail(outsideRange('near', '[0, 1)', near));
  if (horizons.length === 0) fail('horizons needs at least 1 factor of compute, got none');
  for (const horizon of horizons)
    if (!(horizon > 1 && horizon < Infinity)) fail(mustBe('horizons', 'factors above 1', horizon));
  checkCount('minRows', minRows, 1e6);
  return { compute, response: column, step, first, horizons, window, near, minRows };
}

const OPTION_NAMES: readonly (keyof RolloutOptions)[] = [
  'compute',
  'response',
  'step',
  'first',
  'horizons',
  'window',
  'near',
  'minRows',
];

/** Steps of compute: step k holds what lies above lowest * 10^(k * step), up to the next edge; cut-offs are edges. */
interface Ladder {
  readonly lowest: number;
  readonly step: number;
}

/** Budgets typed as 1e18 and computed as 6 N D differ in the last digits; on an edge they must fall on the same side. */
const SAME = 1e-6;

const stepOf = ({ lowest, step }: Ladder, compute: number) =>
  Math.max(0, Math.ceil(Math.log10(compute / lowest) / step - SAME) - 1);

const edgeOf = ({ lowest, step }: Ladder, index: number) => lowest * 10 ** (index * step);

/**
 * Fits every candidate to the rows up to each cut-off in compute, and asks it for the best runs beyond.
 *
 * Cut-offs stand every quarter decade, from 0.75 decades above the smallest run. Best runs lose at most 1 % to the best
 * of their quarter decade: what a frontier is made of. Each fit starts from that of the cut-off before.
 */
export function rolloutLaws(
  columns: Columns,
  candidates: readonly Candidate[],
  options: RolloutOptions = {},
): Rollouts {
  const parsed = parseCandidates(candidates, columns);
  const settings = parseRolloutOptions(options, parsed[0].law.response.name);
  checkOneResponse(parsed, settings.response);
  const compute = computeColumn(columns, settings.compute);
  const ladder = { lowest: compute.reduce((a, b) => Math.min(a, b), Infinity), step: settings.step };
  const best = bestRows(columns[settings.response], compute, { ladder, near: settings.near });
  const highest = compute.reduce((a, b) => Math.max(a, b), 0);
  const cutoffs = findCutoffs(compute, ladder, { ...settings, highest });
  const study = { columns, compute, best, settings };
  return {
    candidates: parsed,
    options: settings,
    cutoffs,
    best,
    range: [ladder.lowest, highest],
    rollouts: parsed.flatMap(candidate => rollCandidate(candidate, cutoffs, study)),
  };
}

/** A comparison of errors needs one response. */
function checkOneResponse(candidates: readonly ParsedCandidate[], response: string): void {
  for (const { name, law } of candidates)
    if (law.response.name !== response) fail(mustBe(`response of ${name}`, response, law.response.name));
}

/** The column of compute, which must be above 0. */
export function computeColumn(columns: Columns, name: string): Float64Array {
  if (!Object.hasOwn(columns, name)) fail(unknownName('column of the table', name, Object.keys(columns)));
  const bad = columns[name].findIndex(value => !(value > 0 && value < Infinity));
  if (bad >= 0) fail(mustBe(`column ${name}, row ${bad + 1}`, 'finite and above 0', columns[name][bad]));
  return columns[name];
}

/** Whether each row is within `near` of the least response of its step of compute. */
function bestRows(
  response: Float64Array,
  compute: Float64Array,
  { ladder, near }: { ladder: Ladder; near: number },
): boolean[] {
  const least = new Map<number, number>();
  const steps = Array.from(compute, value => stepOf(ladder, value));
  steps.forEach((step, row) => {
    least.set(step, Math.min(least.get(step) ?? Infinity, response[row]));
  });
  return steps.map((step, row) => response[row] <= (1 + near) * (least.get(step) as number));
}

function findCutoffs(
  compute: Float64Array,
  ladder: Ladder,
  { first, minRows, highest }: ParsedRollout & { highest: number },
): number[] {
  const cutoffs: number[] = [];
  for (let index = Math.ceil(first / ladder.step - SAME); edgeOf(ladder, index) < highest; index++) {
    const cutoff = edgeOf(ladder, index) * (1 + SAME);
    if (compute.reduce((rows, value) => rows + (value <= cutoff ? 1 : 0), 0) >= minRows) cutoffs.push(cutoff);
  }
  return cutoffs;
}

interface Study {
  readonly columns: Columns;
  readonly compute: Float64Array;
  readonly best: readonly boolean[];
  readonly settings: ParsedRollout;
}

function rollCandidate(candidate: ParsedCandidate, cutoffs: readonly number[], study: Study): Rollout[] {
  let start: Fit | undefined;
  return cutoffs.map(cutoff => {
    const rollout = rollOnce(candidate, cutoff, { ...study, start });
    start = rollout.fit ?? start;
    return rollout;
  });
}

function rollOnce(candidate: ParsedCandidate, cutoff: number, study: Study & { start: Fit | undefined }): Rollout {
  const { columns, compute, best, settings, start } = study;
  const all = Array.from(compute.keys());
  const below = all.filter(row => compute[row] <= cutoff && (candidate.rows === 'all' || best[row]));
  const beyond = all.filter(row => compute[row] > cutoff && best[row]);
  const common = { candidate: candidate.name, cutoff, rows: below.length };
  try {
    const { fit, predict } = fitCandidate(candidate, columns, { rows: below, start });
    const predicted = predict(columns, beyond);
    const errors = beyond.map((row, k) => ({
      row,
      ratio: compute[row] / cutoff,
      error: predicted[k] / columns[settings.response][row] - 1,
    }));
    return { ...common, fit, refused: null, errors };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...common, fit: null, refused: error.message, errors: [] };
  }
}

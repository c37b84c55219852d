import { type Columns, createRandom, fail, mustBe, pickRows, rowCount } from '../base/index.js';
import { percentileInterval } from './bootstrap.js';
import { solveBounded } from './matrix.js';

// seconds of a step = sum of constants times terms, the constants from 0 and up, by least squares of the logarithms.
// Terms are what work there is (FLOPs a device, bytes moved, ...), so a constant is seconds per unit of work.

export interface StepTimeOptions {
  /** Rows of equal labels are left out and drawn together, e.g. the shape of each row; default: every row by itself. */
  readonly groups?: readonly (string | number)[];
  /** Draws of the groups for intervals, 0 and up; default 200. */
  readonly replicates?: number;
  /** Default 0.9. */
  readonly level?: number;
  readonly seed?: number;
}

/** Relative errors |predicted / measured - 1| of rows that the constants were not fitted to. */
export interface HeldOutErrors {
  readonly median: number;
  readonly p90: number;
  readonly largest: number;
  /** Predicted / measured - 1, row by row. */
  readonly errors: Float64Array;
}

export interface StepTimeFit {
  /** Seconds per unit of each term. They trade against each other: trust the sum, not one of them. */
  readonly constants: Readonly<Record<string, number>>;
  readonly intervals: Readonly<Record<string, readonly [number, number]>>;
  /** Standard deviation of ln measured about ln predicted, degrees of freedom counted. */
  readonly scatter: number;
  /** Each group left out in turn. */
  readonly leaveOneOut: HeldOutErrors;
  /** Smallest and largest value of each term among the rows. */
  readonly measured: Readonly<Record<string, readonly [number, number]>>;
  readonly level: number;
  /** Constants of each replicate, in the order of `constants`. */
  readonly draws: readonly Float64Array[];
}

/**
 * Fits seconds per step to a few terms of work, with the error on groups left out.
 *
 * @param terms one column a term, 0 and up, some above 0 in every row
 * @param seconds measured, above 0
 */
export function fitStepTime(terms: Columns, seconds: ArrayLike<number>, options: StepTimeOptions = {}): StepTimeFit {
  const { groups, replicates = 200, level = 0.9, seed = 0 } = options;
  const names = Object.keys(terms);
  const rows = checkRows(terms, seconds, groups);
  const members = groupRows(rows, groups);
  if (members.length <= names.length)
    fail(`step time needs more groups than its ${names.length} constants, got ${members.length}`);
  const measured = Float64Array.from(seconds);
  const all = solveConstants(terms, measured);
  const random = createRandom(seed);
  const draws = Array.from({ length: replicates }, () => {
    const drawn = members.flatMap(() => members[random.integer(members.length)]);
    return solveConstants(pickRows(terms, drawn), pick(measured, drawn));
  });
  const residuals = Array.from(measured, (value, row) => Math.log(sumTerms(terms, all, row) / value));
  const free = rows - all.filter(constant => constant > 0).length;
  const errors = new Float64Array(rows);
  for (const left of members) {
    const kept = members.filter(group => group !== left).flat();
    const constants = solveConstants(pickRows(terms, kept), pick(measured, kept));
    for (const row of left) errors[row] = sumTerms(terms, constants, row) / measured[row] - 1;
  }
  return {
    constants: Object.fromEntries(names.map((name, i) => [name, all[i]])),
    intervals: Object.fromEntries(
      names.map((name, i) => [name, percentileInterval(draws.length ? draws.map(draw => draw[i]) : [all[i]], level)]),
    ),
    scatter: Math.sqrt(residuals.reduce((total, residual) => total + residual ** 2, 0) / Math.max(free, 1)),
    leaveOneOut: summariseErrors(errors),
    measured: Object.fromEntries(names.map(name => [name, [Math.min(...terms[name]), Math.max(...terms[name])]])),
    level,
    draws,
  };
}

export interface StepTimePrediction {
  readonly seconds: number;
  readonly interval: readonly [number, number];
  /** Terms outside what was measured, and how many times beyond its end they lie. */
  readonly beyond: Readonly<Record<string, number>>;
}

/** Where a term is this many times beyond what was measured, the sum is a guess. */
const FAR = 2;

/**
 * Seconds of one step, with an interval of a new measurement: draws of the constants and the scatter of the rows. Each
 * term beyond the measured range widens it by the share that the term has of the sum, since its constant may have stood
 * for others; at more than twice the range the prediction is refused, unless `extrapolate` says otherwise.
 */
export function predictStepTime(
  fit: StepTimeFit,
  terms: Readonly<Record<string, number>>,
  { extrapolate = false }: { readonly extrapolate?: boolean } = {},
): StepTimePrediction {
  const names = Object.keys(fit.constants);
  const values = names.map(name => (terms[name] >= 0 ? terms[name] : fail(mustBe(name, '0 or more', terms[name]))));
  const sum = (constants: ArrayLike<number>) => values.reduce((total, value, i) => total + value * constants[i], 0);
  const seconds = sum(Object.values(fit.constants));
  const beyond = Object.fromEntries(
    names.flatMap((name, i) => {
      const [low, high] = fit.measured[name];
      const times = values[i] > high ? values[i] / high : values[i] < low ? low / Math.max(values[i], low / 1e6) : 1;
      return times > 1.001 ? [[name, times]] : [];
    }),
  );
  const far = Object.entries(beyond).find(([name, times]) => times > FAR && terms[name] > fit.measured[name][1]);
  if (far && !extrapolate)
    fail(`${far[0]} must be at most ${FAR} times what was measured, got ${far[1].toPrecision(3)} times`);
  const widening = names.reduce((total, name, i) => {
    const share = (values[i] * Object.values(fit.constants)[i]) / seconds;
    return total + (beyond[name] ? Math.log(beyond[name]) * Math.max(share, 1 / names.length) : 0);
  }, 0);
  const [low, high] = percentileInterval(fit.draws.length ? fit.draws.map(sum) : [seconds], fit.level);
  const sides = 1.645 * fit.scatter + widening;
  return { seconds, interval: [low * Math.exp(-sides), high * Math.exp(sides)], beyond };
}

/** Median, 90 % quantile and largest of |error|. */
export function summariseErrors(errors: Float64Array): HeldOutErrors {
  const sizes = errors.map(Math.abs);
  const [median] = percentileInterval(sizes, 0);
  const [, p90] = percentileInterval(sizes, 0.8);
  return { median, p90, largest: Math.max(...sizes), errors };
}

function checkRows(terms: Columns, seconds: ArrayLike<number>, groups: StepTimeOptions['groups']): number {
  const rows = rowCount(terms);
  if (seconds.length !== rows || (groups && groups.length !== rows))
    fail(`step times must be one a row, got ${seconds.length} for ${rows} rows`);
  for (let row = 0; row < rows; row++) {
    if (!(seconds[row] > 0 && seconds[row] < Infinity))
      fail(mustBe(`seconds in row ${row + 1}`, 'a positive number', seconds[row]));
    for (const [name, values] of Object.entries(terms))
      if (!(values[row] >= 0 && values[row] < Infinity))
        fail(mustBe(`${name} in row ${row + 1}`, '0 or more', values[row]));
  }
  return rows;
}

function groupRows(rows: number, groups: StepTimeOptions['groups']): number[][] {
  const found = new Map<string | number, number[]>();
  for (let row = 0; row < rows; row++) {
    const label = groups ? groups[row] : row;
    found.set(label, [...(found.get(label) ?? []), row]);
  }
  return [...found.values()];
}

const pick = (values: Float64Array, rows: readonly number[]) => Float64Array.from(rows, row => values[row]);

const sumTerms = (terms: Columns, constants: ArrayLike<number>, row: number) =>
  Object.values(terms).reduce((total, values, i) => total + constants[i] * values[row], 0);

const ROUNDS = 60;
const RIDGE = 1e-9;

/**
 * Gauss-Newton on ln(sum): with f the sum at the constants so far, ln f is linear in them with slopes terms / f, so each
 * round is non-negative least squares of terms / f against 1 - ln(f / measured). It starts from relative errors.
 */
function solveConstants(terms: Columns, measured: Float64Array): Float64Array {
  const columns = Object.values(terms);
  const scales = columns.map(values => Math.max(...values) || 1);
  const constants = new Float64Array(columns.length);
  let before = Float64Array.from(measured);
  for (let round = 0; round < ROUNDS; round++) {
    const side = Float64Array.from(before, (value, row) => 1 - Math.log(value / measured[row]));
    const last = Float64Array.from(constants);
    solveNonNegative(columns, { scales, before, side }, constants);
    before = Float64Array.from(measured, (_, row) => sumTerms(terms, scaled(constants, scales), row));
    if (constants.every((value, i) => Math.abs(value - last[i]) <= 1e-13 * Math.abs(value))) break;
  }
  return scaled(constants, scales);
}

const scaled = (constants: Float64Array, scales: readonly number[]) => constants.map((value, i) => value / scales[i]);

interface Weighted {
  readonly scales: readonly number[];
  readonly before: Float64Array;
  readonly side: Float64Array;
}

function solveNonNegative(columns: readonly Float64Array[], { scales, before, side }: Weighted, x: Float64Array): void {
  const size = columns.length;
  const slope = (j: number, row: number) => columns[j][row] / scales[j] / before[row];
  const total = (value: (row: number) => number) => side.reduce((sum, _, row) => sum + value(row), 0);
  // terms that a replicate cannot tell apart share what they explain
  const gram = Float64Array.from({ length: size * size }, (_, at) => {
    const [j, k] = [Math.floor(at / size), at % size];
    return (j === k ? 1 + RIDGE : 1) * total(row => slope(j, row) * slope(k, row));
  });
  const right = Float64Array.from({ length: size }, (_, j) => total(row => slope(j, row) * side[row]));
  const bounds = { low: new Float64Array(size), high: new Float64Array(size).fill(Infinity) };
  if (!solveBounded({ gram, side: right, ...bounds }, x))
    fail('terms of the step time must be above 0 in some row, got one that is 0 in all');
}

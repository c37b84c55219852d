import { type Columns, createRandom } from '../base/index.js';
import type { Law } from '../law/index.js';
import type { ParamRule, ParsedOptions } from './options.js';
import type { Problem } from './problem.js';
import { createProjector } from './projection.js';

const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];

/** A point to look at, and where it lies in the unit cube of the parameters that are searched. */
export interface Start {
  readonly theta: Float64Array;
  readonly place: Float64Array;
  /** The user's own: always descended from. */
  readonly given: boolean;
}

/**
 * Starting points.
 *
 * The parameters in which the law is not linear are spread evenly over the ranges the law names (a Halton sequence,
 * shifted by the seed); the linear ones follow by least squares within their bounds. A start that the user gave comes
 * first.
 */
export function createStarts(problem: Problem, columns: Columns, options: ParsedOptions): Start[] {
  const { law, slots } = problem;
  const ranges = law.ranges(columns);
  const random = createRandom(options.seed);
  const shifts = PRIMES.map(() => random.uniform());
  const spread = options.params.filter(rule => isSearched(law, rule));
  const hasGiven = options.params.some(rule => rule.start !== null);
  const projector = createProjector(problem);
  return Array.from({ length: options.starts }, (_, index) => {
    const given = hasGiven && index === 0;
    const place = Float64Array.from(spread, (_, axis) => shiftedHalton(index, axis, shifts));
    const values = Float64Array.from(options.params, rule => {
      if (rule.value !== null) return rule.value;
      if (given && rule.start !== null) return rule.start;
      const axis = spread.indexOf(rule);
      return axis < 0 ? Number.NaN : alongRange(rule, ranges[rule.name], place[axis]);
    });
    const theta = toTheta(slots, values);
    const own = projector.linear.map(j => theta[j]);
    projector.solve(theta);
    own.forEach((value, c) => {
      if (!Number.isNaN(value)) theta[projector.linear[c]] = value;
    });
    return { theta, place, given };
  });
}

const isSearched = (law: Law, rule: ParamRule) =>
  rule.value === null && rule.tiedTo === null && !law.linear.includes(rule.name);

function shiftedHalton(index: number, axis: number, shifts: readonly number[]): number {
  const base = PRIMES[axis % PRIMES.length];
  let value = shifts[axis % PRIMES.length];
  for (let left = index + 1, scale = 1 / base; left > 0; left = Math.floor(left / base), scale /= base)
    value += scale * (left % base);
  return value % 1;
}

function alongRange({ scale, min, max }: ParamRule, [from, to]: readonly [number, number], share: number): number {
  const value = scale === 'log' ? from * (to / from) ** share : from + (to - from) * share;
  return Math.min(max, Math.max(min, value));
}

function toTheta({ rules, slot, isLog, size }: Problem['slots'], values: Float64Array): Float64Array {
  const theta = new Float64Array(size).fill(Number.NaN);
  rules.forEach((rule, k) => {
    if (rule.tiedTo === null && slot[k] >= 0) theta[slot[k]] = isLog[slot[k]] ? Math.log(values[k]) : values[k];
  });
  return theta;
}

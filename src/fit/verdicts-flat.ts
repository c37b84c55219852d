import type { Matrix } from 'ml-matrix';
import { max, min } from 'simple-statistics';
import { format } from '../base/index.js';
import type { Uncertainty } from './covariance.js';
import { type Problem, paramsAt } from './problem.js';

/** Parameters that the rows know only together, and where the part of the law they make is known best. */
export interface FlatDirection {
  readonly params: readonly string[];
  /** The terms of the formula that they make: 'A / N^alpha'; the whole formula where they are not terms of a sum. */
  readonly terms: string;
  /** Input and value at which the terms are known best; null for terms without an input that varies. */
  readonly pivot: { readonly input: string; readonly value: number } | null;
  /** Standard error of the terms there, in the unit of the residual (0.01: about 1 % of the response). */
  readonly se: number;
}

/** Parameters whose estimates are correlated by more than this, either way, move together. */
const TOGETHER = 0.9;
/** Moves that leave less than this share of themselves have cancelled. */
const CANCELLED = 0.02;
const SCANNED = 241;

/**
 * For each of the `weak` parameters those that move with it, and the input value at which moving them together leaves
 * the response alone: there its standard error is least. One direction may hold several weak parameters.
 */
export function findFlatDirections(
  problem: Problem,
  { theta: covariance }: Pick<Uncertainty, 'theta'>,
  { theta, weak }: { theta: Float64Array; weak: readonly string[] },
): FlatDirection[] {
  const named = new Set<string>();
  return weak.flatMap(name => {
    if (named.has(name)) return [];
    const slots = companions(covariance, slotOf(problem, name));
    const params = slots.map(j => slotName(problem, j));
    if (params.length < 2) return [];
    for (const param of params) named.add(param);
    return [
      { params, terms: termsOf(problem.law.formula, params), ...findPivot(problem, covariance, { theta, slots }) },
    ];
  });
}

/** One sentence for a reader, and what to do; `why` says what is not known, such as an interval. */
export function flatText(
  { params, terms, pivot, se }: FlatDirection,
  { condition, logResidual, why }: { condition: number; logResidual: boolean; why: readonly string[] },
): string {
  const where = pivot === null ? '' : ` at ${pivot.input} near ${format.digits(pivot.value, 2)}`;
  const size = logResidual ? `${format.digits(100 * se, 2)} % of the response` : format.digits(se, 2);
  const remedy = pivot === null ? '' : `, or add runs with ${pivot.input} over a wider range`;
  return `${listed(params)} move together: only ${terms}${where} is known (to ${size}; condition number ${format.digits(condition, 2)}). By itself ${why.join(', and ')}: quote predictions, not these constants; hold one of them${remedy}`;
}

/** @example listed(['E', 'A', 'alpha']) // => 'E, A and alpha' */
export const listed = (names: readonly (string | number)[]) =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;

/** A slot and those whose estimates go with it. */
function companions(covariance: Matrix, slot: number): number[] {
  const error = (j: number) => Math.sqrt(Math.max(covariance.get(j, j), 0));
  return Array.from({ length: covariance.rows }, (_, j) => j).filter(
    j => j === slot || Math.abs(covariance.get(slot, j)) > TOGETHER * error(slot) * error(j),
  );
}

const slotOf = ({ slots }: Problem, name: string) => slots.slot[slots.rules.findIndex(rule => rule.name === name)];

function slotName({ slots }: Problem, j: number): string {
  const { rules, slot } = slots;
  return rules.filter(({ tiedTo }, k) => slot[k] === j && tiedTo === null)[0].name;
}

/**
 * Where, over the measured range of each input, the moves of the parameters cancel (the other inputs at their middle);
 * where they cancel at several values, the one at which the terms are known best.
 */
function findPivot(
  problem: Problem,
  covariance: Matrix,
  { theta, slots }: { theta: Float64Array; slots: readonly number[] },
): Pick<FlatDirection, 'pivot' | 'se'> {
  const { law, inputs, logResidual } = problem;
  const middle = law.inputs.map(({ positive }, i) =>
    centre(
      inputs.map(row => row[i]),
      positive,
    ),
  );
  const look = (point: readonly number[]) => lookAt(problem, covariance, { theta, slots, point });
  const start = look(middle);
  const seen = law.inputs.flatMap(({ name, positive }, i) => {
    const column = inputs.map(row => row[i]);
    const [low, high] = [min(column), max(column)];
    return Array.from({ length: SCANNED }, (_, step) => {
      const share = step / (SCANNED - 1);
      const value = positive ? low * (high / low) ** share : low + (high - low) * share;
      return { ...look(middle.map((other, at) => (at === i ? value : other))), pivot: { input: name, value } };
    });
  });
  // Terms without an input move alike wherever it is: rounding is no pivot.
  const apart = seen.filter(({ left }) => Math.abs(left - start.left) > 1e-9);
  const least = apart.reduce((a, b) => (b.left < a.left ? b : a), { ...start, pivot: null as FlatDirection['pivot'] });
  const best = apart.reduce((a, b) => (b.left < CANCELLED && b.error < a.error ? b : a), least);
  return { pivot: best.pivot, se: logResidual ? best.error / best.response : best.error };
}

/**
 * At one point: the response, its standard error from some parameters alone, and how much is `left` of their moves
 * along the direction of the first: 0 where they cancel, 1 where all go one way.
 */
function lookAt(
  { law, slots: all }: Problem,
  covariance: Matrix,
  { theta, slots, point }: { theta: Float64Array; slots: readonly number[]; point: readonly number[] },
): { error: number; response: number; left: number } {
  const params = paramsAt(all, theta);
  const gradient = new Float64Array(params.length);
  const response = law.evaluate(params, point, gradient);
  const slopes = new Float64Array(theta.length);
  all.slot.forEach((j, k) => {
    if (slots.includes(j)) slopes[j] += gradient[k] * (all.isLog[j] ? params[k] : 1);
  });
  let variance = 0;
  for (const j of slots) for (const k of slots) variance += slopes[j] * covariance.get(j, k) * slopes[k];
  const moves = slots.map(j => slopes[j] * covariance.get(slots[0], j));
  const travelled = moves.reduce((sum, move) => sum + Math.abs(move), 0);
  const left = Math.abs(moves.reduce((sum, move) => sum + move, 0)) / (travelled || 1);
  return { error: Math.sqrt(Math.max(0, variance)), response, left };
}

function centre(values: readonly number[], positive: boolean): number {
  const mean = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  return positive ? Math.exp(mean(values.map(Math.log))) : mean(values);
}

/** The terms of a sum that name any of the parameters. */
function termsOf(formula: string, params: readonly string[]): string {
  const terms: string[] = [];
  let [depth, from] = [0, 0];
  for (let at = 0; at <= formula.length; at++) {
    const sign = formula[at];
    if (sign === '(') depth++;
    if (sign === ')') depth--;
    const ends = at === formula.length || (depth === 0 && /[+-]/.test(sign) && formula[at - 1] === ' ');
    if (!ends) continue;
    terms.push(formula.slice(from, at).trim());
    from = sign === '+' ? at + 1 : at;
  }
  const names = (term: string) => term.match(/[A-Za-z_]\w*/g) ?? [];
  return terms
    .filter(term => names(term).some(name => params.includes(name)))
    .join(' + ')
    .replaceAll('+ -', '-');
}

import { type Columns, fail, format, mustBe, type Random, unknownName } from '../base/index.js';
import type { Law } from '../law/index.js';
import type { ParamRule } from './options.js';

/** What is known of a parameter before the runs: lognormal, so always above 0. */
export interface Prior {
  /** Half of the belief lies below; in the parameter's unit, above 0. */
  readonly median: number;
  /** Standard deviation of its logarithm, about the relative spread; above 0. */
  readonly sd: number;
}

/** Priors by parameter; 'none' holds the interval to what the rows say under the law. */
export type PriorOption = Readonly<Record<string, Prior>> | 'none';

/**
 * The asymptote of loss in natural text, in nats per token.
 *
 * Centre: E of Hoffmann 2022 (1.69); spread: E of fits to other corpora and tokenisers, 1.7 to 2.0. It was set once,
 * from published fits, and not tuned to make intervals cover. Losses in another unit (per byte, of a task's answers,
 * of code) need another prior.
 */
export const ASYMPTOTE_PRIOR = {
  median: 1.7,
  sd: 0.15,
  unit: 'nats per token',
  source: 'Hoffmann 2022, arXiv 2203.15556: E 1.69; spread of E over published fits',
} as const;

/** Name of the asymptote in the laws of loss; `asymptoteOf` also finds those of other names. */
export const ASYMPTOTE = 'E';

/**
 * The parameter that the response of a law of loss tends to, or null: E or one that the law names as its limit, where it
 * is a term of its own.
 */
export function asymptoteOf({ formula, params, limits, residual }: Law): string | null {
  if (residual !== 'log') return null;
  const isTerm = (name: string) => new RegExp(`(^|\\+ )${name}( \\+|$)`).test(formula);
  const found = params.find(
    ({ name }) => isTerm(name) && (name === ASYMPTOTE || limits.some(({ value }) => value === name)),
  );
  return found?.name ?? null;
}

/** The priors of a forecast, and one sentence on them where a reader needs it. */
export interface Priors {
  readonly priors: Readonly<Record<string, Prior>>;
  readonly note: string | null;
}

/**
 * Which parameters are drawn, and from what.
 *
 * By default the asymptote, about 1.7 nats per token, or about the value it is held at. A law without an asymptote, or
 * with one in another unit, gets no prior and a note that says what the interval then leaves out.
 */
export function choosePriors(law: Law, rules: readonly ParamRule[], option: PriorOption | undefined): Priors {
  if (option === 'none') return { priors: {}, note: null };
  if (option !== undefined) return { priors: parsePriors(law, rules, option), note: null };
  const name = asymptoteOf(law);
  const rule = rules.find(other => other.name === name);
  if (rule === undefined || rule.value === 0 || rule.tiedTo !== null) return { priors: {}, note: noAsymptote(law) };
  const { median, sd, unit } = ASYMPTOTE_PRIOR;
  if (law.response.unit !== unit) return { priors: {}, note: otherUnit(law, rule.name) };
  return { priors: { [rule.name]: { median: rule.value ?? median, sd } }, note: null };
}

const noAsymptote = ({ name }: Law) =>
  `${name} has no asymptote to draw: the interval holds the scatter of the rows and no error of the law's form, so far beyond the rows it is too narrow`;

const otherUnit = ({ response }: Law, name: string) =>
  `no prior is known for ${name}, the asymptote of ${response.name} in "${response.unit}": the interval holds no error in it, so far beyond the rows it is too narrow; give one as prior { ${name}: { median, sd } }`;

function parsePriors(law: Law, rules: readonly ParamRule[], option: Readonly<Record<string, Prior>>) {
  const names = rules.map(({ name }) => name);
  for (const [name, prior] of Object.entries(option)) {
    const rule = rules.find(other => other.name === name) ?? fail(unknownName(`parameter of ${law.name}`, name, names));
    const { median, sd, ...unknown } = prior;
    for (const key of Object.keys(unknown)) fail(unknownName(`part of the prior of ${name}`, key, ['median', 'sd']));
    if (rule.tiedTo !== null || rules.some(({ tiedTo }) => tiedTo === name))
      fail(mustBe(`prior of ${name}`, 'of a parameter that is not tied', name));
    if (!(sd > 0 && sd < Infinity)) fail(mustBe(`sd of the prior of ${name}`, 'a number above 0', sd));
    if (!(median > 0 && median > rule.min && median < rule.max))
      fail(mustBe(`median of the prior of ${name}`, `above 0 and within (${rule.min}, ${rule.max})`, median));
  }
  return option;
}

/**
 * Refuses an asymptote, or the bulk of its prior, that the measured losses contradict: no loss lies below the
 * asymptote, so a smaller one means another unit or another kind of loss.
 */
export function checkAsymptote(
  law: Law,
  columns: Columns,
  { rules, priors }: { rules: readonly ParamRule[]; priors: Priors['priors'] },
): void {
  const name = asymptoteOf(law);
  const rule = rules.find(other => other.name === name);
  if (rule === undefined) return;
  const { least, row } = leastLoss(law, columns);
  const where = `the smallest ${law.response.name}, ${format.digits(least)} in row ${row + 1}`;
  const remedy = `these losses are in another unit or of another kind than nats per token of text: give prior { ${rule.name}: { median, sd } } in their own unit, or prior 'none'`;
  if (rule.value !== null && !(rule.value < least))
    fail(`${rule.name} must be held below ${where}, got ${rule.value}; ${remedy}`);
  const prior = priors[rule.name];
  if (prior !== undefined && !(prior.median < least))
    fail(`the prior of ${rule.name} must have its median below ${where}, got ${prior.median}; ${remedy}`);
}

/** The smallest response and its row, from 0. */
export function leastLoss(law: Law, columns: Columns): { least: number; row: number } {
  const values = columns[law.response.name];
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  return { least, row: values.indexOf(least) };
}

/** Where a prior may be drawn: within the parameter's bounds, an asymptote below every loss. */
export function priorRoof(law: Law, columns: Columns, rule: ParamRule): number {
  return rule.name === asymptoteOf(law) ? Math.min(rule.max, leastLoss(law, columns).least) : rule.max;
}

/** One value strictly between floor and roof, by drawing again until it is; the median where almost none is. */
export function drawPrior({ median, sd }: Prior, random: Random, { floor, roof }: { floor: number; roof: number }) {
  for (let tries = 0; tries < 1000; tries++) {
    const value = median * Math.exp(sd * random.normal());
    if (value > floor && value < roof) return value;
  }
  return median;
}

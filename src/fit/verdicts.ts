import { format } from '../base/index.js';
import type { Uncertainty } from './covariance.js';
import type { Estimate } from './fit.js';
import { asymptoteOf } from './prior.js';
import type { Problem } from './problem.js';
import type { Search } from './search.js';
import { FIT_STATUS, type FitStatus, type Verdict } from './status.js';
import { asymptoteText } from './verdicts-asymptote.js';
import { findFlatDirections, flatText, listed } from './verdicts-flat.js';
import { lackText, testLackOfFit } from './verdicts-lack.js';

/** Information so uneven that the flattest direction is rounding: beyond this the fit is singular. */
const SINGULAR_CONDITION = 1e12;
/** A parameter known to no better than this factor is not worth reading. */
const WIDE_FACTOR = 10;
/** Fewer rows than this for each free parameter make intervals rough. */
const ROWS_PER_PARAM = 3;

export interface Finding {
  readonly problem: Problem;
  readonly search: Search;
  readonly uncertainty: Uncertainty;
  readonly params: Readonly<Record<string, Estimate>>;
}

/** The status that decides what to do first. */
export function judgeStatus({ problem, search, uncertainty }: Finding): FitStatus {
  if (uncertainty.condition > SINGULAR_CONDITION) return 'singular';
  if (!search.best.converged) return 'maxIterations';
  return boundNames(problem, search.best.theta).length > 0 ? 'atBound' : 'converged';
}

/**
 * What a reader should know, most serious first: everything that one look at the optimum shows. What needs refits (an
 * outlier, an open profile) comes from `diagnoseFit`.
 */
export function judgeFit(finding: Finding): Verdict[] {
  const { problem, search, uncertainty, params } = finding;
  const verdicts: Verdict[] = [];
  const say = (code: Verdict['code'], text: string | null) => text !== null && verdicts.push({ code, text });
  if (uncertainty.condition > SINGULAR_CONDITION) say('notIdentified', singularText(problem, uncertainty));
  if (!search.best.converged) say('notConverged', FIT_STATUS.maxIterations);
  for (const { name, value } of boundNames(problem, search.best.theta))
    say('atBound', `${name} sits on its bound ${format.digits(value)}: the rows do not identify it`);
  say('asymptote', asymptoteText(problem.law, problem.slots.rules, params));
  const weak = weakParams(finding);
  const told = new Set<string | null>([asymptoteOf(problem.law)]);
  for (const direction of findFlatDirections(problem, uncertainty, {
    theta: search.best.theta,
    weak: [...weak.keys()],
  })) {
    const why = direction.params.flatMap(name => weak.get(name) ?? []);
    for (const name of direction.params) told.add(name);
    say('flat', flatText(direction, { condition: uncertainty.condition, logResidual: problem.logResidual, why }));
  }
  for (const [name, text] of weak) if (!told.has(name)) say('weak', `${text}: quote predictions, not ${name} itself`);
  say('lackOfFit', lackText(testLackOfFit(problem, residualsAt(problem, search.best.theta))));
  if (problem.rows < ROWS_PER_PARAM * problem.size)
    say(
      'fewRows',
      `${problem.rows} rows for ${problem.size} free parameters: intervals are rough below ${ROWS_PER_PARAM} rows each`,
    );
  if (search.agreed === 1 && search.descended > 1)
    say('localOptima', `only 1 of ${search.descended} searches reached this optimum; raise starts`);
  return verdicts;
}

function boundNames({ slots }: Problem, theta: Float64Array): { name: string; value: number }[] {
  const { rules, slot, lower, upper, isLog } = slots;
  return rules.flatMap(({ name, tiedTo }, k) => {
    const j = slot[k];
    const onBound = j >= 0 && tiedTo === null && (theta[j] <= lower[j] || theta[j] >= upper[j]);
    return onBound ? [{ name, value: isLog[j] ? Math.exp(theta[j]) : theta[j] }] : [];
  });
}

/** Names the parameters that move together without changing the fit, and which way. */
function singularText({ slots }: Problem, { flat, condition }: Uncertainty): string {
  const moves = slots.rules.flatMap(({ name, tiedTo }, k) => {
    const share = slots.slot[k] < 0 || tiedTo !== null ? 0 : flat[slots.slot[k]];
    return Math.abs(share) > 0.1 ? [`${name} ${share > 0 ? 'up' : 'down'}`] : [];
  });
  const together = moves.length > 1 ? ' together' : '';
  return `not identified: ${listed(moves)}${together} leaves the fit as it is (condition number ${format.digits(condition, 2)}); hold one of them, or vary the inputs independently`;
}

/** Parameters whose interval says little, and what it says. */
function weakParams({ problem, params }: Finding): Map<string, string> {
  const entries = problem.slots.rules.flatMap(({ name, scale, min, value: held, tiedTo }): [string, string][] => {
    const { value, lo, hi } = params[name];
    if (held !== null || tiedTo !== null) return [];
    const interval = `${format.digits(lo, 3)} to ${format.digits(hi, 3)}`;
    if (scale === 'log' && hi / lo > WIDE_FACTOR ** 2)
      return [[name, `${name} is known to no better than a factor of ${WIDE_FACTOR} (${interval})`]];
    if (scale === 'linear' && Number.isFinite(min) && value > min && lo <= min)
      return [[name, `${name} is not told apart from ${min} (${interval})`]];
    return [];
  });
  return new Map(entries);
}

function residualsAt(problem: Problem, theta: Float64Array): Float64Array {
  const residuals = new Float64Array(problem.rows);
  problem.residuals(theta, residuals);
  return residuals;
}

import { format } from '../base/index.js';
import type { Law } from '../law/index.js';
import type { Estimate } from './fit.js';
import type { ParamRule } from './options.js';
import { ASYMPTOTE_PRIOR, asymptoteOf } from './prior.js';

/** One sentence where the rows do not show where the loss ends; null where they do, or where there is no free asymptote. */
export function asymptoteText(
  law: Law,
  rules: readonly ParamRule[],
  params: Readonly<Record<string, Estimate>>,
): string | null {
  const name = asymptoteOf(law);
  const rule = rules.find(other => other.name === name);
  if (rule === undefined || rule.value !== null || rule.tiedTo !== null) return null;
  const { value, se, lo, hi } = params[rule.name];
  const subject = `the asymptote ${rule.name}`;
  if (value <= rule.min)
    return `${subject} is not identified: it fell to its bound ${format.digits(rule.min)}, the rows show no floor at all; ${REMEDY}`;
  const range = `${format.digits(lo, 3)} to ${format.digits(hi, 3)}`;
  if (lo <= Math.max(rule.min, 0)) return `${subject} is not identified: anything from ${range} fits; ${REMEDY}`;
  if (se > ASYMPTOTE_PRIOR.sd * value)
    return `${subject} is hardly identified: ${range}, less than is known of it beforehand; ${REMEDY}`;
  return null;
}

const REMEDY =
  'forecasts far beyond the rows need it from elsewhere: use forecastFit, which draws it from a prior, or add runs over more decades of compute';

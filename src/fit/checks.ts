import { type Columns, fail, format, mustBe, shown } from '../base/index.js';
import { inputNames, type Law } from '../law/index.js';
import type { ParsedOptions } from './options.js';
import { asymptoteOf } from './prior.js';

/** Refuses columns that the law cannot be fitted to; the message names the column, the row (from 1) and the rule. */
export function checkColumns(columns: Columns, law: Law, options: ParsedOptions): void {
  const { params, residual, weights, unit } = options;
  const needed = [...inputNames(law), law.response.name];
  for (const name of needed) checkPresent(columns, name, law);
  const rows = columns[law.response.name].length;
  for (const name of needed) checkValues(columns[name], { name, rows, positive: isPositive(law, name, residual) });
  const free = params.filter(rule => rule.value === null && rule.tiedTo === null);
  if (free.length === 0) fail(`${law.name} needs at least 1 free parameter to fit, got every one held`);
  if (rows <= free.length) fail(needsRows(law.name, free.length + 1, rows));
  for (const input of law.inputs) {
    const moved = free.filter(rule => input.drives.includes(rule.name)).map(rule => rule.name);
    if (moved.length > 0) checkVaries(columns[input.name], input.name, `to fit ${moved.join(' and ')}`);
  }
  checkVaries(columns[law.response.name], law.response.name, 'to be fitted');
  checkAsymptote(columns[law.response.name], law, options);
  for (const [name, values] of Object.entries({ weights, unit }))
    if (values !== null && values.length !== rows)
      fail(`${name} must have one entry a row (${rows}), got ${values.length}`);
  if (weights !== null) checkWeights(Array.from(weights), law.name, free.length);
}

/** No loss lies below the asymptote: one pinned above the smallest is in another unit, or of another kind of loss. */
function checkAsymptote(response: Float64Array, law: Law, { params, weights }: ParsedOptions): void {
  const asymptote = asymptoteOf(law);
  const rule = params.find(({ name }) => name === asymptote);
  if (rule === undefined || !law.linear.includes(rule.name)) return;
  let lowest = -1;
  for (let row = 0; row < response.length; row++) {
    if (weights !== null && !(weights[row] > 0)) continue;
    if (lowest < 0 || response[row] < response[lowest]) lowest = row;
  }
  const smallest = `the smallest ${law.response.name}, ${format.digits(response[lowest])} in row ${lowest + 1}`;
  if (rule.value !== null && rule.value >= response[lowest])
    fail(mustBe(rule.name, `held below ${smallest}`, rule.value));
  if (rule.value === null && rule.min >= response[lowest])
    fail(mustBe(`lower bound of ${rule.name}`, `below ${smallest}`, rule.min));
}

/** @example needsRows('chinchilla', 6, 4) // => 'chinchilla needs at least 6 rows to fit, got 4' */
export const needsRows = (law: string, need: number, got: number) =>
  `${law} needs at least ${need} rows to fit, got ${got}`;

function checkPresent(columns: Columns, name: string, law: Law): void {
  if (!(columns[name] instanceof Float64Array))
    fail(`${law.name} needs a column ${name}, got ${Object.keys(columns).join(', ') || 'no columns'}`);
}

function isPositive(law: Law, name: string, residual: ParsedOptions['residual']): boolean {
  if (name === law.response.name) return residual === 'log';
  return law.inputs.some(input => input.name === name && input.positive);
}

function checkValues(values: Float64Array, rule: { name: string; rows: number; positive: boolean }): void {
  const { name, rows, positive } = rule;
  if (values.length !== rows) fail(`column ${name} must have ${rows} rows as the response has, got ${values.length}`);
  const bad = values.findIndex(value => !Number.isFinite(value) || (positive && !(value > 0)));
  if (bad >= 0) fail(mustBe(`column ${name}, row ${bad + 1}`, positive ? 'finite and above 0' : 'finite', values[bad]));
}

function checkVaries(values: Float64Array, name: string, why: string): void {
  if (values.every(value => value === values[0]))
    fail(`column ${name} must vary ${why}, got ${shown(values[0])} in every row`);
}

function checkWeights(weights: readonly number[], law: string, free: number): void {
  const bad = weights.findIndex(weight => !(weight >= 0 && weight < Infinity));
  if (bad >= 0) fail(mustBe(`weights, row ${bad + 1}`, 'finite and 0 or above', weights[bad]));
  const used = weights.filter(weight => weight > 0).length;
  if (used <= free) fail(needsRows(law, free + 1, used));
}

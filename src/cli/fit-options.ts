import { at, type Columns, fail, mustBe } from '../base/index.js';
import type { FitOptions, ParamOption } from '../fit/index.js';
import { findLaw, inputNames, type Law, parseFormula } from '../law/index.js';
import { numericColumns, type Table } from '../runs/index.js';
import { parseDefinition, parseNumber, parseNumbers, parsePairs } from './input.js';
import { parseMap, type RunOptions, unitOf } from './runs.js';

/** What a law is and how it is fitted, as texts of the command line. */
export interface FitTexts extends RunOptions {
  readonly law?: string;
  readonly formula?: string;
  readonly residual?: string;
  readonly start?: string;
  readonly fix?: string;
  readonly tie?: string;
  readonly rho?: string;
  readonly huberDelta?: string;
  readonly over?: string;
  readonly reduce?: string;
  readonly unit?: string;
  readonly level: string;
  readonly seed: string;
}

/** The columns the law reads; where logarithms or powers are taken, a cell that is not above 0 is refused by its place. */
export function lawColumns(table: Table, law: Law, { residual = law.residual }: Pick<FitTexts, 'residual'>): Columns {
  const columns = numericColumns(table, [...inputNames(law), law.response.name]);
  const positive = law.inputs.filter(input => input.positive).map(({ name }) => name);
  for (const name of residual === 'log' ? [...positive, law.response.name] : positive) {
    const row = columns[name].findIndex(value => !(value > 0));
    if (row >= 0) fail(mustBe(at(table.source.file, table.rowNumbers[row], name), 'above 0', columns[name][row]));
  }
  return columns;
}

/** The law of --law, or the one that --formula writes. */
export async function chooseLaw({
  law,
  formula,
  map,
  derive = [],
  residual,
}: Omit<FitTexts, 'level' | 'seed'>): Promise<Law> {
  if ((law === undefined) === (formula === undefined))
    fail(`a fit needs --law or --formula, got ${law ? 'both' : 'neither'}`);
  if (formula === undefined) return findLaw(law!);
  const mapped = Object.keys(parseMap(map));
  const derived = derive.map(text => parseDefinition('--derive', text));
  const read = wordsOf([formula, ...derived.map(([, expression]) => expression)].join(' '));
  const response = responseOf(mapped.filter(name => !read.has(name)));
  const inputs = [...new Set([...mapped, ...derived.map(([name]) => name)])].filter(name => name !== response);
  if (!inputs.some(name => wordsOf(formula).has(name)))
    fail(`--map must name a column that --formula reads, got ${inputs.join(', ') || 'none'}`);
  return parseFormula(formula, { inputs, response, ...(residual && { residual: checkResidual(residual) }) });
}

const wordsOf = (text: string) => new Set(text.match(/[A-Za-z_][A-Za-z0-9_]*/g));

/** The one mapped name that no expression reads; `loss` where none or several are left. */
function responseOf(unread: readonly string[]): string {
  if (unread.length <= 1) return unread[0] ?? 'loss';
  return (
    unread.find(name => name === 'loss') ??
    fail(`--map must leave one name out of --formula, its response, got ${unread.join(', ')}`)
  );
}

const checkResidual = (text: string) =>
  text === 'log' || text === 'linear' ? text : fail(mustBe('--residual', 'log or linear', text));

/** The options of a fit; `unit` names columns of the table. */
export function parseOptions(options: FitTexts, table: Table): FitOptions {
  const { start, fix, tie, rho, residual, huberDelta, over, reduce, level, seed, unit } = options;
  const params: Record<string, ParamOption> = {};
  for (const [name, value] of Object.entries(start === undefined ? {} : parseNumbers('--start', start)))
    params[name] = { start: value };
  for (const [name, value] of Object.entries(fix === undefined ? {} : parseNumbers('--fix', fix)))
    params[name] = { ...params[name], value };
  if (rho === 'squared' && huberDelta !== undefined) fail('--huber-delta must go with --rho huber, got --rho squared');
  return {
    params,
    ...(tie !== undefined && { tie: parsePairs('--tie', tie) }),
    ...(rho !== undefined && { rho: rho as FitOptions['rho'] }),
    ...(residual && { residual: checkResidual(residual) }),
    ...(huberDelta !== undefined && { huberDelta: parseNumber('--huber-delta', huberDelta) }),
    ...(over !== undefined && { over: parseNumber('--over', over) }),
    ...(reduce !== undefined && { reduce: reduce as FitOptions['reduce'] }),
    ...(unit !== undefined && { unit: unitOf(table, unit.split(',')) }),
    level: parseNumber('--level', level),
    seed: parseNumber('--seed', seed),
  };
}

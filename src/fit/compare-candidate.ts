import { type Columns, fail, mustBe, pickRows, rowCount, unknownName } from '../base/index.js';
import { findLaw, inputNames, type Law } from '../law/index.js';
import { needsRows } from './checks.js';
import { withPriors } from './compare-prior.js';
import { type Fit, fitLaw } from './fit.js';
import { checkKnown, type FitOptions, type ParamOption, parseFitOptions } from './options.js';
import { checkAsymptote, type Prior } from './prior.js';

/** One way to read a table: a law, what is held or believed of its constants, and the runs it is fitted to. All data. */
export interface Candidate {
  /** How tables and sentences call it; distinct. */
  readonly name: string;
  readonly law: string | Law;
  readonly options?: Omit<FitOptions, 'unit' | 'weights'>;
  /** Column of each input, where it has another name: { x: 'C' }. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** best: fitted to (and asked about) the compute-optimal runs alone; default all. */
  readonly rows?: 'all' | 'best';
  /** Beliefs about constants, lognormal: each pulls its constant with the weight of one observation. */
  readonly prior?: Readonly<Record<string, Prior>>;
}

/** A candidate with every field present, checked against its law. */
export interface ParsedCandidate extends Required<Candidate> {
  readonly law: Law;
}

/** Checks candidates against their laws and the table's columns; names must be distinct. */
export function parseCandidates(candidates: readonly Candidate[], columns: Columns): ParsedCandidate[] {
  if (candidates.length === 0) fail('compare needs at least 1 candidate, got none');
  const parsed = candidates.map(candidate => parseCandidate(candidate, columns));
  const twice = parsed.find(({ name }, index) => parsed.findIndex(other => other.name === name) !== index);
  if (twice !== undefined) fail(mustBe('names of candidates', 'distinct', `${twice.name} twice`));
  return parsed;
}

function parseCandidate(candidate: Candidate, columns: Columns): ParsedCandidate {
  const { name, law: given, options = {}, inputs = {}, rows = 'all', prior = {}, ...unknown } = candidate;
  checkKnown(`part of candidate ${name}`, Object.keys(unknown), PARTS);
  checkKnown(`rows of candidate ${name}`, [rows], ['all', 'best']);
  const law = typeof given === 'string' ? findLaw(given) : given;
  checkKnown(`input of ${law.name}`, Object.keys(inputs), inputNames(law));
  const { params } = parseFitOptions(law, options);
  for (const [param, { median, sd }] of Object.entries(prior)) {
    const rule = params.find(other => other.name === param);
    if (rule === undefined)
      return fail(
        unknownName(
          `parameter of ${law.name}`,
          param,
          law.params.map(p => p.name),
        ),
      );
    if (rule.value !== null || rule.tiedTo !== null) fail(mustBe(`prior of ${param}`, 'of a free parameter', name));
    if (!(median > 0 && sd > 0)) fail(mustBe(`prior of ${param}`, 'a median and an sd above 0', `${median}, ${sd}`));
  }
  for (const column of [...inputColumns(law, inputs), law.response.name])
    if (!Object.hasOwn(columns, column)) fail(unknownName('column of the table', column, Object.keys(columns)));
  return { name, law, options, inputs, rows, prior };
}

const PARTS: readonly (keyof Candidate)[] = ['name', 'law', 'options', 'inputs', 'rows', 'prior'];

const inputColumns = (law: Law, inputs: Readonly<Record<string, string>>) =>
  inputNames(law).map(name => (Object.hasOwn(inputs, name) ? inputs[name] : name));

/** The law of a candidate as fitted to some rows. */
export interface CandidateFit {
  readonly fit: Fit;
  /** The law's value at rows of any table with the same columns. */
  predict(columns: Columns, rows: ArrayLike<number>): Float64Array;
}

/** More rows than free constants, by this many: fewer follow the noise. */
const SPARE_ROWS = 2;

/**
 * Fits a candidate to some rows; `start` are constants of a nearby fit. Too few rows, or an asymptote held above the
 * smallest loss of these rows, are refused.
 */
export function fitCandidate(
  candidate: ParsedCandidate,
  columns: Columns,
  { rows, start }: { rows: ArrayLike<number>; start?: Fit },
): CandidateFit {
  const { law, inputs, prior } = candidate;
  const names = inputColumns(law, inputs);
  const own = pickRows(lawColumns(law, columns, names), rows);
  const believes = Object.keys(prior).length > 0;
  const options: FitOptions = { ...startFrom(candidate, start), ...(believes && { reduce: 'sum' }) };
  const { params } = parseFitOptions(law, options);
  const free = params.filter(rule => rule.value === null && rule.tiedTo === null).length;
  if (rowCount(own) < free + SPARE_ROWS) fail(needsRows(candidate.name, free + SPARE_ROWS, rowCount(own)));
  checkAsymptote(law, own, { rules: params, priors: {} });
  const plain = fitLaw(own, law, options);
  const fit = believes ? withPriors(plain, own, { prior, options }) : plain;
  const values = law.params.map(({ name }) => fit.params[name].value);
  return {
    fit,
    predict: (table, at) => {
      const sources = names.map(name => table[name]);
      return Float64Array.from(at, row =>
        law.evaluate(
          values,
          sources.map(source => source[row]),
        ),
      );
    },
  };
}

function lawColumns(law: Law, columns: Columns, names: readonly string[]): Columns {
  const entries = inputNames(law).map((input, k) => [input, columns[names[k]]] as const);
  return Object.fromEntries([...entries, [law.response.name, columns[law.response.name]]]);
}

/** Few starts, the constants of the nearby fit first; bounds and held values stay. */
function startFrom({ law, options }: ParsedCandidate, start: Fit | undefined): FitOptions {
  if (start === undefined) return options;
  const { params = {}, tie = {} } = options;
  const entries = law.params.map(({ name, scale }): [string, ParamOption] => {
    const given = Object.hasOwn(params, name) ? params[name] : {};
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = given;
    const value = Math.min(max, Math.max(min, start.params[name].value));
    const held = given.value !== undefined || given.vary === false || Object.hasOwn(tie, name);
    return [name, held || (scale === 'log' && !(value > 0)) ? given : { ...given, start: value }];
  });
  return { ...options, params: Object.fromEntries(entries) };
}

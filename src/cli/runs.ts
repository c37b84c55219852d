import { statSync } from 'node:fs';
import { type Columns, fail, shown, unknownName } from '../base/index.js';
import { isNumeric, type LoadOptions, listDatasets, loadDataset, loadTable, type Table } from '../runs/index.js';
import { parseDefinition, parsePairsOf } from './input.js';

/** Options shared by every command that reads runs. */
export interface RunOptions {
  /** Each may be given several times: maps add up, conditions must all hold. */
  readonly map?: readonly string[];
  readonly derive?: readonly string[];
  readonly where?: readonly string[];
}

/** RUNS: a file, or a dataset of this package as NAME or NAME:TABLE. */
export async function loadRuns(runs: string, options: RunOptions = {}): Promise<Table> {
  const parsed = parseRunOptions(options);
  if (isFile(runs)) return loadTable(runs, parsed);
  const [name, resource, ...rest] = runs.split(':');
  const datasets = await listDatasets();
  if (datasets.includes(name) && rest.length === 0) return loadDataset(name, { ...parsed, resource });
  if (/[./\\]/.test(runs)) return loadTable(runs, parsed);
  return fail(`RUNS must be a file or a dataset (${datasets.join(', ')}), got ${shown(runs)}`);
}

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** Like loadRuns, for runs that are fitted or ranked together: losses measured on unlike data are refused. */
export async function loadComparable(runs: string, options: RunOptions): Promise<Table> {
  const table = await loadRuns(runs, options);
  for (const name of ['eval_fingerprint', 'kind']) {
    const column = Object.hasOwn(table.columns, name) ? table.columns[name] : [];
    const values = [...new Set(isNumeric(column) ? [] : column)];
    if (values.length > 1)
      fail(
        `${table.source.file} must hold one ${name}, got ${values.slice(0, 4).map(shown).join(', ')}; keep one with --where "${name} = '...'"`,
      );
  }
  return table;
}

function parseRunOptions({ map = [], derive = [], where = [] }: RunOptions): LoadOptions {
  const conditions = where.map(text => `(${text})`);
  return {
    map: parseMap(map),
    derive: parseDerive(derive),
    ...(conditions.length > 0 && { where: conditions.join(' and ') }),
  };
}

/** The pairs of every --map. */
export const parseMap = (map: readonly string[] = []) => parsePairsOf('--map', map);

function parseDerive(derive: readonly string[]): Record<string, string> {
  const definitions = derive.map(text => parseDefinition('--derive', text));
  const names = definitions.map(([name]) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) fail(`--derive must define ${twice} once, got it again`);
  return Object.fromEntries(definitions);
}

/** One row of a table, as on the wire. */
export function rowOf({ columns }: Table, row: number): Record<string, number | string | null> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => {
      const value = column[row];
      return [name, typeof value === 'number' && Number.isNaN(value) ? null : value];
    }),
  );
}

/** A numeric column of a table by name, unchecked cells as NaN; undefined where it is text or absent. */
export function numbersOf(table: Table, name: string): Columns[string] | undefined {
  const column = Object.hasOwn(table.columns, name) ? table.columns[name] : undefined;
  return column !== undefined && isNumeric(column) ? column : undefined;
}

/** Rows alike in all these columns are one run. */
export function unitOf({ columns, rows, source }: Table, names: readonly string[]): string[] {
  for (const name of names)
    if (!Object.hasOwn(columns, name))
      fail(`--unit: ${unknownName(`column of ${source.file}`, name, Object.keys(columns))}`);
  return Array.from({ length: rows }, (_, row) => JSON.stringify(names.map(name => columns[name][row])));
}

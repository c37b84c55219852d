import { existsSync } from 'node:fs';
import { type Columns, fail, unknownName } from '../base/index.js';
import { isNumeric, type LoadOptions, listDatasets, loadDataset, loadTable, type Table } from '../runs/index.js';
import { parseDefinition, parsePairs } from './input.js';

/** Options shared by every command that reads runs. */
export interface RunOptions {
  readonly map?: string;
  readonly derive?: readonly string[];
  readonly where?: string;
}

/** RUNS: a file, or a dataset of this package as NAME or NAME:TABLE. */
export async function loadRuns(runs: string, options: RunOptions): Promise<Table> {
  const parsed = parseRunOptions(options);
  if (existsSync(runs)) return loadTable(runs, parsed);
  const [name, resource] = runs.split(':');
  const datasets = await listDatasets();
  if (datasets.includes(name)) return loadDataset(name, { ...parsed, resource });
  if (/[./\\]/.test(runs)) return loadTable(runs, parsed);
  return fail(`RUNS must be a file or a dataset (${datasets.join(', ')}), got ${JSON.stringify(runs)}`);
}

function parseRunOptions({ map, derive = [], where }: RunOptions): LoadOptions {
  return {
    map: map === undefined ? {} : parsePairs('--map', map),
    derive: Object.fromEntries(derive.map(text => parseDefinition('--derive', text))),
    where,
  };
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

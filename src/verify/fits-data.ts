import { type Columns, fail, pickRows } from '../base/index.js';
import { loadDataset, numericColumns, type Table } from '../runs/index.js';
import type { FitEntry } from './fits-schema.js';

/** The table that an entry names, its condition applied. */
export async function loadEntryTable({ name, dataset, resource, map, derive, where }: FitEntry): Promise<Table> {
  if (dataset === undefined) return fail(`fit ${name} must name a dataset, got none`);
  return loadDataset(dataset, { resource, map, derive, where: where ?? undefined });
}

/** The named columns of an entry's rows, as numbers, one row of each group where `keep` says so. */
export async function loadEntryColumns(entry: FitEntry, names: readonly string[]): Promise<Columns> {
  const table = await loadEntryTable(entry);
  const columns = numericColumns(table, names);
  return entry.keep === undefined ? columns : pickRows(columns, keptRows(table, entry.keep));
}

function keptRows(table: Table, { least, of }: NonNullable<FitEntry['keep']>): number[] {
  const columns = numericColumns(table, [least, ...of]);
  const best = new Map<string, number>();
  for (let row = 0; row < table.rows; row++) {
    const key = of.map(name => columns[name][row]).join(' ');
    const held = best.get(key);
    if (held === undefined || columns[least][row] < columns[least][held]) best.set(key, row);
  }
  return [...best.values()].sort((a, b) => a - b);
}

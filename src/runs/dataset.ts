import { createHash } from 'node:crypto';
import { fail, unknownName } from '../base/index.js';
import { applyOptions, type LoadOptions, readBytes, readTable } from './load.js';
import { type DataResource, datasetPath, loadPackage } from './package.js';
import type { Table } from './table.js';

export interface DatasetOptions extends LoadOptions {
  /** Which table of the dataset; defaults to its first. */
  readonly resource?: string;
}

/**
 * A table of the measured data that comes with the package, after checking that it is as published: the bytes by
 * their SHA-256, the rows by their number.
 *
 * @example (await loadDataset('hoffmann-2022-fig4', { derive: { D: 'training_flops / (6 * params)' } })).rows // => 245
 */
export async function loadDataset(name: string, { resource, ...options }: DatasetOptions = {}): Promise<Table> {
  const { resources } = await loadPackage(name);
  const tables = resources.filter(({ schema }) => schema !== undefined);
  const known = tables.map(table => table.name);
  if (known.length === 0) return fail(`${name} must hold a table to be loaded as one, got other files only`);
  const wanted = tables.find(table => table.name === (resource ?? known[0]));
  if (wanted === undefined) return fail(unknownName(`table of ${name}`, String(resource), known));
  const called = `datasets/${name}/${wanted.path}`;
  const file = datasetPath(name, wanted.path);
  const bytes = await readBytes(file);
  checkHash(bytes, wanted, called);
  const table = await readTable({ file, name: called, bytes });
  if (table.rows !== wanted.rowCount) fail(`${called} must hold ${wanted.rowCount} rows, got ${table.rows}`);
  return applyOptions(table, options);
}

function checkHash(bytes: Buffer, { hash }: DataResource, called: string): void {
  const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (found !== hash) fail(`${called} must have ${hash}, got ${found}`);
}

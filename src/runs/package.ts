import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fail, mustBe, unknownName } from '../base/index.js';
import { readBytes } from './load.js';
import { parseJson } from './read-json.js';
import { firstIssue } from './record.js';

/** How sure the values are: in general, and where single columns differ. */
export interface DataStatus {
  readonly summary: string;
  readonly columns?: Readonly<Record<string, string>>;
}

export interface DataField {
  readonly name: string;
  readonly type: 'number' | 'integer' | 'string' | 'boolean';
  readonly unit?: string;
  readonly description: string;
  readonly missingValues?: readonly string[];
  readonly constraints?: {
    readonly required?: boolean;
    readonly unique?: boolean;
    readonly minimum?: number;
    readonly maximum?: number;
    readonly enum?: readonly (string | number)[];
  };
}

/** One file of a package. A file that is no table has no schema. */
export interface DataResource {
  readonly name: string;
  readonly path: string;
  readonly format: string;
  readonly description: string;
  readonly bytes: number;
  readonly hash: string;
  readonly rowCount?: number;
  readonly schema?: { readonly fields: readonly DataField[]; readonly primaryKey?: readonly string[] };
  readonly status?: DataStatus;
}

/** What a `datapackage.json` says (Frictionless Data Package 2.0, and our own `status`). */
export interface DataPackage {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly sources: readonly { readonly title: string; readonly path?: string; readonly version?: string }[];
  readonly licenses: readonly { readonly name: string; readonly title: string; readonly path?: string }[];
  readonly status: DataStatus;
  readonly resources: readonly DataResource[];
}

/** src/runs and dist/runs lie equally deep, so this is `datasets/` of the package in both. */
const DATASETS = new URL('../../datasets/', import.meta.url);

/** Names of the measured data that come with the package, sorted. */
export async function listDatasets(): Promise<string[]> {
  const entries = await readdir(DATASETS, { withFileTypes: true });
  return entries
    .filter(entry => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** The description of one dataset. */
export async function loadPackage(name: string): Promise<DataPackage> {
  const known = await listDatasets();
  if (!known.includes(name)) fail(unknownName('dataset', name, known));
  const where = `datasets/${name}/datapackage.json`;
  const value = parseJson((await readBytes(datasetPath(name, 'datapackage.json'))).toString('utf8'), where);
  const { data, error } = (await import('./schemas.js')).packageSchema.safeParse(value);
  if (error) return fail(firstIssue(error.issues[0], value, where));
  if (data.name !== name) fail(mustBe(`${where}: name`, `${name}, as its folder`, data.name));
  return data;
}

/** Where a file of a dataset lies on this machine. */
export const datasetPath = (name: string, path: string) => fileURLToPath(new URL(`${name}/${path}`, DATASETS));

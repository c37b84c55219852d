import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FitRow } from './fits-compare.js';
import type { FitResult } from './fits-run.js';

/** What is kept of a file of `fits/` once it was made. */
export interface StoredResult {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  readonly rows: readonly FitRow[];
}

const DIGITS = 12;

/** Ours to 12 digits; where theirs is 0, to a hundredth of the tolerance, since digits of rounding errors mean nothing. */
function rounded({ ours, theirs, tolerance }: FitRow): number | null {
  if (ours === null) return null;
  const step = tolerance / 100;
  const value = theirs === 0 && step > 0 ? Math.round(ours / step) * step : ours;
  return Number(value.toPrecision(DIGITS)) + 0; // + 0: no minus zero
}

/** A result with its numbers rounded, so that they do not depend on the machine. */
export function storedResult({ spec: { name, title, source }, rows }: FitResult): StoredResult {
  return { name, title, source, rows: rows.map(row => ({ ...row, ours: rounded(row) })) };
}

const resultFile = (folder: string, name: string) => join(folder, 'results', `${name}.json`);

/** Writes `results/NAME.json` for each result: one row a line, so that a change shows as the rows it concerns. */
export async function saveResults(folder: string, results: readonly FitResult[]): Promise<void> {
  await mkdir(join(folder, 'results'), { recursive: true });
  for (const { rows, ...head } of results.map(storedResult)) {
    const fields = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`);
    const lines = rows.map(row => `    ${JSON.stringify(row)}`).join(',\n');
    await writeFile(resultFile(folder, head.name), `{\n${fields.join('\n')}\n  "rows": [\n${lines}\n  ]\n}\n`);
  }
}

/** Reads what `saveResults` wrote for a file of `fits/`. */
export async function loadStoredResult(folder: string, name: string): Promise<StoredResult> {
  return JSON.parse(await readFile(resultFile(folder, name), 'utf8')) as StoredResult;
}

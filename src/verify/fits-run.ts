import { compareExpected, type FitRow } from './fits-compare.js';
import { loadFits } from './fits-load.js';
import { findMethod } from './fits-methods.js';
import type { FitSpec } from './fits-schema.js';

/** A file of `fits/` made again, ours beside theirs. */
export interface FitResult {
  readonly spec: FitSpec;
  readonly rows: readonly FitRow[];
}

/** Makes every fit of a file again and sets ours beside theirs. */
export async function remakeFit(spec: FitSpec): Promise<FitResult> {
  const rows: FitRow[] = [];
  for (const entry of spec.fits) {
    const made = await findMethod(entry.method).make(entry);
    for (const want of entry.expect) rows.push(await compareExpected(entry.name, made, want));
  }
  return { spec, rows };
}

/** Makes every file of a folder again; `onProgress` hears the share done and the name of the file that comes next. */
export async function remakeAllFits(
  folder: string,
  { onProgress = () => {} }: { readonly onProgress?: (share: number, name: string) => void } = {},
): Promise<FitResult[]> {
  const specs = await loadFits(folder);
  const results: FitResult[] = [];
  for (const [index, spec] of specs.entries()) {
    onProgress(index / specs.length, spec.name);
    results.push(await remakeFit(spec));
  }
  return results;
}

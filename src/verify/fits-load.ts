import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { fail } from '../base/index.js';
import { findMethod, isMethod, unknownMethod } from './fits-methods.js';
import { type FitEntry, type FitSpec, specSchema } from './fits-schema.js';

/** Every .yaml of a folder, by name. */
export async function loadFits(folder: string): Promise<FitSpec[]> {
  const files = (await readdir(folder)).filter(file => file.endsWith('.yaml')).sort();
  return Promise.all(files.map(async file => parseFitSpec(await readFile(join(folder, file), 'utf8'), file)));
}

/** Checks the text of one file; unknown keys are refused by their path. */
export function parseFitSpec(text: string, file: string): FitSpec {
  const result = specSchema.safeParse(readYaml(text, file));
  if (!result.success) return refuse(file, result.error.issues[0]);
  const { title, source, fits, ...data } = result.data;
  fits.forEach((entry, index) => {
    if (!isMethod(entry.method))
      refuse(file, { path: ['fits', index, 'method'], message: unknownMethod(entry.method) });
    const issue = findMethod(entry.method).check(entry.options);
    if (issue !== null) refuse(file, { ...issue, path: ['fits', index, 'options', ...issue.path] });
  });
  checkNames(fits, file);
  return { name: basename(file, '.yaml'), ...result.data, fits: fits.map(entry => ({ ...data, ...entry })) };
}

function checkNames(fits: readonly FitEntry[], file: string): void {
  const names = fits.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) fail(`${file}: fits must have distinct names, got ${twice} twice`);
}

function refuse(file: string, { path, message }: { path: readonly PropertyKey[]; message: string }): never {
  return fail(`${file}: ${path.join('.') || 'the file'}: ${message}`);
}

function readYaml(text: string, file: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail(`${file} must be YAML, got: ${why.split('\n')[0]}`);
  }
}

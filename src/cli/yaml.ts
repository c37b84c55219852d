import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { fail } from '../base/index.js';

/** The value in a YAML (or JSON) file; what it must hold is the caller's to say. */
export async function loadYaml(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch(() => fail(`${file} must be a file that can be read, got none`));
  try {
    return parse(text);
  } catch (error) {
    return fail(`${file} must be YAML, got: ${(error as Error).message.split('\n')[0]}`);
  }
}

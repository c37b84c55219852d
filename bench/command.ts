import { existsSync } from 'node:fs';
import Table from 'cli-table3';
import { fail, format, InputError, mustBe, unknownName } from '../src/base/index.js';
import type { Bench, Row } from './measure.js';

/** The benches there may be; one whose file is not written yet is not known. */
const NAMES = ['cost', 'fit', 'rollout', 'coverage', 'frontier', 'chart', 'trainer', 'time', 'plan', 'next'];

export interface Outcome {
  /** 0 done, 2 bad input. */
  readonly code: 0 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `NAME [--json]`; benches are loaded only when named. */
export async function benchCommand(args: readonly string[], folder = new URL('.', import.meta.url)): Promise<Outcome> {
  try {
    const { name, json } = parseArguments(args, listBenches(folder));
    const { benchmarks }: Bench = await import(new URL(`${name}.ts`, folder).href);
    const rows = await benchmarks();
    return { code: 0, stdout: json ? JSON.stringify(rows, null, 2) : rowsTable(rows), stderr: '' };
  } catch (error) {
    if (error instanceof InputError) return { code: 2, stdout: '', stderr: error.message };
    throw error;
  }
}

const listBenches = (folder: URL) => NAMES.filter(name => existsSync(new URL(`${name}.ts`, folder)));

function parseArguments(args: readonly string[], known: readonly string[]) {
  const names = args.filter(arg => !arg.startsWith('-'));
  const option = args.find(arg => arg.startsWith('-') && arg !== '--json');
  if (option !== undefined) fail(unknownName('option', option, ['--json']));
  if (names.length !== 1) fail(mustBe('bench', `one of ${known.join(', ')}`, names.join(' ') || 'none'));
  if (!known.includes(names[0])) fail(unknownName('bench', names[0], known));
  return { name: names[0], json: args.includes('--json') };
}

/** The rows for people. */
export function rowsTable(rows: readonly Row[]): string {
  const table = new Table({ head: ['name', 'ours', 'peer', 'ratio'], style: { head: [], border: [] } });
  for (const { name, ours, peer, unit, ratio } of rows) {
    const value = (number: number | null) => (number === null ? '-' : `${format.digits(number, 3)} ${unit}`);
    table.push([name, value(ours), value(peer), ratio === null ? '-' : format.digits(ratio, 3)]);
  }
  return table.toString();
}

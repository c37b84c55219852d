import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Columns } from '../../src/base/index.js';
import { type Law, parseFormula } from '../../src/law/index.js';
import { datasetPath } from '../../src/runs/index.js';

/** One problem of NIST's Statistical Reference Datasets, read from its own file. */
export interface CertifiedProblem {
  readonly law: Law;
  readonly columns: Columns;
  readonly starts: readonly Readonly<Record<string, number>>[];
  readonly values: Readonly<Record<string, number>>;
  readonly deviations: Readonly<Record<string, number>>;
  readonly sumOfSquares: number;
  readonly residualDeviation: number;
}

const FOLDER = dirname(datasetPath('nist-strd', 'Misra1a.dat'));

/** The names of all problems of the dataset. */
export const PROBLEMS: readonly string[] = readdirSync(FOLDER)
  .filter(file => file.endsWith('.dat'))
  .map(file => file.replace('.dat', ''));

/** Reads a file of the dataset nist-strd, as NIST publishes it; its model goes through the door for users' formulas. */
export async function loadCertified(name: string): Promise<CertifiedProblem> {
  const text = readFileSync(datasetPath('nist-strd', `${name}.dat`), 'utf8');
  const lines = text.split(/\r?\n/);
  const table = lines
    .map(line => /^\s*(b\d) =\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)/.exec(line))
    .flatMap(found => (found ? [{ name: found[1], numbers: found.slice(2).map(Number) }] : []));
  const pick = (column: number) => Object.fromEntries(table.map(row => [row.name, row.numbers[column]]));
  const columns = parseData(lines);
  const certified = (what: string) => Number(new RegExp(`${what}:\\s+(\\S+)`).exec(text)?.[1]);
  return {
    law: await parseModel(name, lines, Object.keys(columns)),
    columns,
    starts: [pick(0), pick(1)],
    values: pick(2),
    deviations: pick(3),
    sumOfSquares: certified('Residual Sum of Squares'),
    residualDeviation: certified('Residual Standard Deviation'),
  };
}

function parseData(lines: readonly string[]): Columns {
  const head = lines.findLastIndex(line => /^Data:/.test(line));
  const names = lines[head].replace('Data:', '').trim().split(/\s+/);
  const rows = lines
    .slice(head + 1)
    .filter(line => line.trim())
    .map(line => line.trim().split(/\s+/).map(Number));
  return Object.fromEntries(names.map((name, column) => [name, Float64Array.from(rows, row => row[column])]));
}

/** The model stands between 'Model:' and the starting values, from 'y =' to '+ e'. */
function parseModel(name: string, lines: readonly string[], columns: readonly string[]): Promise<Law> {
  const text = lines.slice(lines.findIndex(line => /^Model:/.test(line))).join(' ');
  const [, response, body] = /(log\[y\]|y)\s*=\s*(.*?)\s*\+\s*e\b/.exec(text) ?? [];
  const plain = body.replaceAll('[', '(').replaceAll(']', ')').replaceAll('**', '^').replaceAll('arctan', 'atan');
  return parseFormula(response === 'y' ? plain : `exp(${plain})`, {
    name,
    inputs: columns.filter(column => column !== 'y'),
    response: 'y',
    residual: response === 'y' ? 'linear' : 'log',
  });
}

import { readFileSync } from 'node:fs';
import { derivative, parse } from 'mathjs';
import type { Columns } from '../../src/base/index.js';
import type { Law } from '../../src/law/index.js';
import { datasetPath } from '../../src/runs/index.js';

/** One problem of NIST's Statistical Reference Datasets, read from its own file. */
export interface CertifiedProblem {
  readonly law: Law;
  readonly columns: Columns;
  readonly starts: readonly Readonly<Record<string, number>>[];
  readonly values: Readonly<Record<string, number>>;
  readonly deviations: Readonly<Record<string, number>>;
  readonly sumOfSquares: number;
}

/** Reads a file of the dataset nist-strd, as NIST publishes it. */
export function loadCertified(name: string): CertifiedProblem {
  const lines = readFileSync(datasetPath('nist-strd', `${name}.dat`), 'utf8').split(/\r?\n/);
  const table = lines
    .map(line => /^\s*(b\d) =\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)/.exec(line))
    .flatMap(found => (found ? [{ name: found[1], numbers: found.slice(2).map(Number) }] : []));
  const pick = (column: number) => Object.fromEntries(table.map(row => [row.name, row.numbers[column]]));
  return {
    law: parseModel(
      name,
      lines,
      table.map(row => row.name),
    ),
    columns: parseData(lines),
    starts: [pick(0), pick(1)],
    values: pick(2),
    deviations: pick(3),
    sumOfSquares: Number(/Residual Sum of Squares:\s+(\S+)/.exec(lines.join('\n'))?.[1]),
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
function parseModel(name: string, lines: readonly string[], params: readonly string[]): Law {
  const text = lines.slice(lines.findIndex(line => /^Model:/.test(line))).join(' ');
  const [, response, body] = /(log\[y\]|y)\s*=\s*(.*?)\s*\+\s*e\b/.exec(text) ?? [];
  const plain = body.replaceAll('[', '(').replaceAll(']', ')').replaceAll('**', '^').replaceAll('arctan', 'atan');
  const inputs = ['x', 'x1', 'x2'].filter(input => new RegExp(`\\b${input}\\b`).test(plain));
  const formula = response === 'y' ? plain : `exp(${plain})`;
  const value = parse(formula).compile();
  const slopes = params.map(param => derivative(formula, param).compile());
  const scope = (values: ArrayLike<number>, at: ArrayLike<number>) =>
    Object.fromEntries([...params.map((param, k) => [param, values[k]]), ...inputs.map((input, i) => [input, at[i]])]);
  return {
    name,
    title: name,
    formula,
    inputs: inputs.map(input => ({ name: input, unit: '', meaning: '', positive: false, trend: 'rises', drives: [] })),
    response: { name: 'y', unit: '' },
    params: params.map(param => ({ name: param, min: -Infinity, max: Infinity, scale: 'linear', meaning: '' })),
    residual: response === 'y' ? 'linear' : 'log',
    linear: [],
    ranges: () => ({}),
    evaluate(values, at, gradient) {
      const here = scope(values, at);
      slopes.forEach((slope, k) => {
        if (gradient) gradient[k] = slope.evaluate(here);
      });
      return value.evaluate(here);
    },
    limits: [],
    example: { params: {}, source: '' },
    source: 'NIST StRD, nonlinear regression',
  };
}

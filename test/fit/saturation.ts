import { readFileSync } from 'node:fs';
import type { Columns } from '../../src/base/index.js';
import type { Law } from '../../src/law/index.js';
import { datasetPath } from '../../src/runs/index.js';

/** y = b1 (1 - exp(-b2 x)): the model of NIST's Misra1a and BoxBOD, as their files write it. */
export const saturation: Law = {
  name: 'saturation',
  title: 'Saturating exponential',
  formula: 'b1 * (1 - exp(-b2 * x))',
  inputs: [{ name: 'x', unit: 'any', meaning: 'dose', positive: true, trend: 'rises', drives: ['b1', 'b2'] }],
  response: { name: 'y', unit: 'any' },
  params: [
    { name: 'b1', min: -Infinity, max: Infinity, scale: 'linear', meaning: 'limit' },
    { name: 'b2', min: 0, max: Infinity, scale: 'linear', meaning: 'rate' },
  ],
  residual: 'linear',
  linear: ['b1'],
  ranges: ({ x }) => ({ b2: [0.1 / x[x.length - 1], 10 / x[0]] }),
  evaluate(params, inputs, gradient) {
    const [b1, b2, x] = [params[0], params[1], inputs[0]];
    const left = Math.exp(-b2 * x);
    if (gradient) {
      gradient[0] = 1 - left;
      gradient[1] = b1 * x * left;
    }
    return b1 * (1 - left);
  },
  limits: [],
  example: { params: { b1: 238.94, b2: 5.5e-4 }, source: 'NIST StRD, Misra1a' },
  source: 'NIST StRD, Misra1a and BoxBOD',
};

/** The data of a NIST problem with columns y and x. */
export function nistColumns(name: 'Misra1a' | 'BoxBOD'): Columns {
  const lines = readFileSync(datasetPath('nist-strd', `${name}.dat`), 'utf8').split(/\r?\n/);
  const start = lines.findLastIndex(line => line.startsWith('Data:')) + 1;
  const rows = lines.slice(start).flatMap(line => (line.trim() ? [line.trim().split(/\s+/).map(Number)] : []));
  return { y: Float64Array.from(rows, ([y]) => y), x: Float64Array.from(rows, ([, x]) => x) };
}

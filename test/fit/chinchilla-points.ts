import { readFileSync } from 'node:fs';
import type { Columns } from '../../src/base/index.js';
import { datasetPath } from '../../src/runs/index.js';

/** The points of Hoffmann 2022, Figure 4, lowest loss first, without the `dropped` rows of highest loss. */
export function chinchillaPoints(dropped = 5): Columns {
  const lines = readFileSync(datasetPath('hoffmann-2022-fig4', 'data.csv'), 'utf8').trim().split('\n').slice(1);
  const rows = lines.map(line => line.split(',').map(Number)).sort((a, b) => a[2] - b[2]);
  const kept = rows.slice(0, rows.length - dropped);
  return {
    N: Float64Array.from(kept, ([params]) => params),
    D: Float64Array.from(kept, ([params, flops]) => flops / (6 * params)),
    loss: Float64Array.from(kept, ([, , loss]) => loss),
  };
}

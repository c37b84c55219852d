import { percentileInterval } from '../fit/index.js';
import type { Search } from './search.js';

/** Where draws of the runs put the best shape: the interval of the decision. */
export interface Spread {
  readonly params: readonly [number, number];
  readonly tokens: readonly [number, number];
  /** d_model over encoder layers. */
  readonly aspect: readonly [number, number];
}

/** Shapes this much worse than the best are no rivals: no draw of the runs was seen to lift one so far. */
const RIVAL = 1.03;
/** Width of a cell in ln parameters and ln aspect. */
const CELL = { params: 0.1, aspect: 0.25 };
/** Cells in one row of the grid: aspects from 2^-18 up to 2^18. */
const ASPECTS = 100;
const MOST_CELLS = 120;

/** The best row of every cell of size and aspect, good ones first: what draws of the law choose among. */
export function findRivals({ costs: { shapes, params }, spending: { loss }, kept, best }: Search): number[] {
  const cells = new Int32Array(ASPECTS * 350).fill(-1); // up to e^35 parameters
  const limit = loss[best] * RIVAL;
  for (let row = 0; row < kept.length; row++) {
    if (!kept[row] || !(loss[row] <= limit)) continue;
    const size = Math.floor(Math.log(params[row]) / CELL.params);
    const aspect = ASPECTS / 2 + Math.floor(Math.log(shapes.d_model[row] / shapes.num_layers[row]) / CELL.aspect);
    const cell = size * ASPECTS + aspect;
    if (cells[cell] < 0 || loss[row] < loss[cells[cell]]) cells[cell] = row;
  }
  return [...cells.filter(row => row >= 0)].sort((a, b) => loss[a] - loss[b]).slice(0, MOST_CELLS);
}

/** Intervals of the best rival over the draws; `draws[i]` are the losses of `rivals[i]`, draw by draw. */
export function spreadOf(
  { costs: { shapes, params }, spending: { tokens } }: Search,
  rivals: readonly number[],
  { draws, level }: { draws: readonly Float64Array[]; level: number },
): Spread {
  const winners = Array.from(draws[0], (_, at) =>
    rivals.reduce((best, _, i) => (draws[i][at] < draws[best][at] ? i : best), 0),
  ).map(i => rivals[i]);
  const interval = (value: (row: number) => number) => percentileInterval(winners.map(value), level);
  return {
    params: whole(interval(row => params[row])),
    tokens: whole(interval(row => tokens[row])),
    aspect: interval(row => shapes.d_model[row] / shapes.num_layers[row]),
  };
}

const whole = ([low, high]: readonly [number, number]) => [Math.round(low), Math.round(high)] as const;

import { fail, mustBe } from '../../base/index.js';
import { checkCount } from '../options.js';
import type { BudgetOptimum } from './exponent.js';

/** Training curves: rows of one run belong together by `run`. */
export interface CurveRows {
  readonly run: ArrayLike<number | string>;
  /** FLOPs spent so far. */
  readonly C: ArrayLike<number>;
  readonly size: ArrayLike<number>;
  readonly loss: ArrayLike<number>;
}

interface TrainingCurve {
  readonly size: number;
  readonly logC: readonly number[];
  readonly loss: readonly number[];
}

/**
 * Approach 1 of Hoffmann 2022: at each of many budgets the run whose training curve lies lowest.
 *
 * Losses between two points of a curve are interpolated along ln C. A budget that no curve has reached is left out, as
 * are those whose best run is the smallest or the largest of all: there the optimum may lie beyond. Sizes can only be
 * those that were trained, so a coarse grid of sizes makes steps.
 *
 * @param budgets how many, evenly spaced in ln C between the least and the most compute; default 1500, as Hoffmann
 */
export function findEnvelopeOptima(
  rows: CurveRows,
  { budgets = 1500 }: { readonly budgets?: number } = {},
): BudgetOptimum[] {
  checkCount('budgets', budgets, 1e6);
  const curves = groupRuns(rows);
  if (curves.length < 3) fail(`approach 1 needs the training curves of at least 3 runs, got ${curves.length}`);
  const sizes = curves.map(({ size }) => size);
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
  const ends = curves.flatMap(({ logC }) => [logC[0], logC[logC.length - 1]]);
  const [from, to] = [Math.min(...ends), Math.max(...ends)];
  return Array.from({ length: budgets }, (_, i) => from + ((to - from) * (i + 0.5)) / budgets).flatMap(logC => {
    const best = lowestAt(curves, logC);
    if (best === null || best.size === smallest || best.size === largest) return [];
    return [{ C: Math.exp(logC), best: best.size, loss: best.loss, sd: null }];
  });
}

function groupRuns({ run, C, size, loss }: CurveRows): TrainingCurve[] {
  const rowsOf = new Map<number | string, number[]>();
  for (let row = 0; row < C.length; row++) {
    for (const [name, value] of Object.entries({ C: C[row], size: size[row], loss: loss[row] }))
      if (!(value > 0 && value < Infinity)) fail(mustBe(`${name}, row ${row + 1}`, 'finite and above 0', value));
    rowsOf.set(run[row], [...(rowsOf.get(run[row]) ?? []), row]);
  }
  return [...rowsOf.values()].map(rows => {
    const inOrder = rows.sort((a, b) => C[a] - C[b]);
    return {
      size: size[inOrder[0]],
      logC: inOrder.map(row => Math.log(C[row])),
      loss: inOrder.map(row => loss[row]),
    };
  });
}

function lowestAt(curves: readonly TrainingCurve[], logC: number): { size: number; loss: number } | null {
  let best: { size: number; loss: number } | null = null;
  for (const curve of curves) {
    const loss = lossAt(curve, logC);
    if (loss !== null && (best === null || loss < best.loss)) best = { size: curve.size, loss };
  }
  return best;
}

/** null before the first and beyond the last point of the curve. */
function lossAt({ logC, loss }: TrainingCurve, at: number): number | null {
  const above = logC.findIndex(value => value >= at);
  if (above < 0 || (above === 0 && logC[0] > at)) return null;
  if (above === 0 || logC[above] === at) return loss[above];
  const share = (at - logC[above - 1]) / (logC[above] - logC[above - 1]);
  return loss[above - 1] + share * (loss[above] - loss[above - 1]);
}

import { markMany } from './many.js';
import { markLine, markPlane } from './plane.js';
import { type Goal, readPoints } from './points.js';
import { createScratch } from './scratch.js';
import { sieve } from './sieve.js';
import { markSpace } from './space.js';

/** Columns of one length and a goal for each -> numbers of the rows on the frontier, ascending. */
export type FrontierKernel = (columns: readonly Float64Array[], goals: readonly Goal[]) => Int32Array;

/**
 * Rows that no other row dominates: none is at least as good in every column and better in one.
 *
 * Rows equal in every column stand or fall together. -0 equals 0, and infinities are ordered like other numbers; NaN
 * is refused. Any number of columns from 1: one by a minimum, two by sort and scan, three by a sweep over a binary
 * indexed tree, more by divide and conquer; O(n log n) up to three, O(n log^(columns-2) n) beyond.
 *
 * @example frontierIndices([Float64Array.of(1, 2, 3), Float64Array.of(5, 7, 6)], ['min', 'max']) // => [0, 1]
 */
export const frontierIndices: FrontierKernel = (columns, goals) => createFrontierKernel()(columns, goals);

/** `frontierIndices` with buffers of its own that it uses again: for many frontiers of about one size. */
export function createFrontierKernel(): FrontierKernel {
  const scratch = createScratch();
  return (columns, goals) => {
    const points = readPoints(columns, goals, scratch);
    const ids = scratch.ints('ids', points.count);
    sieve(points, ids, scratch);
    const front = scratch.bytes('front', points.count);
    if (points.axes === 1) markLine(points, front);
    else if (points.axes === 2) markPlane(points, front, scratch);
    else if (points.axes === 3) markSpace(points, front, scratch);
    else markMany(points, front, scratch);
    return collect(front, ids, points.count);
  };
}

function collect(front: Uint8Array, ids: Int32Array, count: number): Int32Array {
  let size = 0;
  for (let i = 0; i < count; i++) size += front[i];
  const indices = new Int32Array(size);
  for (let i = 0, out = 0; i < count; i++) if (front[i]) indices[out++] = ids[i];
  return indices;
}

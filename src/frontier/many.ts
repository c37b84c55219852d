import { conquer } from './conquer.js';
import { inputOrder, sortByAxis } from './order.js';
import type { Points } from './points.js';
import type { Scratch } from './scratch.js';

/** Four objectives and more: ranks instead of values, points in lexicographic order, then divide and conquer. */
export function markMany(points: Points, front: Uint8Array, scratch: Scratch): void {
  const { axes, count } = points;
  const order = inputOrder(points, scratch);
  const ranks = scratch.ints('ranks', count * axes);
  for (let axis = axes - 1; axis >= 0; axis--) {
    sortByAxis(order, points, axis, scratch);
    rankAxis(ranks, points, axis, order);
  }
  const { grid, distinct } = readDistinct(ranks, points, order, scratch);
  const struck = conquer({ grid, width: axes - 1, count: distinct }, scratch);
  for (let i = 0, row = -1; i < count; i++) {
    if (i === 0 || !sameRow(ranks, axes, order[i - 1], order[i])) row++;
    front[order[i]] = 1 - struck[row];
  }
}

/** Ranks from 0 on one axis, equal for equal values. */
function rankAxis(ranks: Int32Array, { rows, axes, count }: Points, axis: number, order: Int32Array): void {
  for (let i = 0, rank = 0; i < count; i++) {
    const at = order[i] * axes + axis;
    if (i > 0 && rows[at] !== rows[order[i - 1] * axes + axis]) rank++;
    ranks[at] = rank;
  }
}

function sameRow(ranks: Int32Array, axes: number, a: number, b: number): boolean {
  for (let axis = 0; axis < axes; axis++) if (ranks[a * axes + axis] !== ranks[b * axes + axis]) return false;
  return true;
}

/** Ranks of the distinct points on axes 1.., in lexicographic order, so that what is compared lies together. */
function readDistinct(ranks: Int32Array, { axes, count }: Points, order: Int32Array, scratch: Scratch) {
  const grid = scratch.ints('grid', count * (axes - 1));
  let distinct = 0;
  for (let i = 0; i < count; i++) {
    if (i > 0 && sameRow(ranks, axes, order[i - 1], order[i])) continue;
    const from = order[i] * axes;
    for (let axis = 1; axis < axes; axis++) grid[distinct * (axes - 1) + axis - 1] = ranks[from + axis];
    distinct++;
  }
  return { grid, distinct };
}

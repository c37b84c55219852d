import { inputOrder, sortByAxis } from './order.js';
import type { Points } from './points.js';
import type { Scratch } from './scratch.js';

/**
 * Three objectives by a sweep along the first axis. Points met earlier are no worse there, so the question left is
 * whether one of them is no worse on the other two: the lowest third value up to a second value, kept in a binary
 * indexed tree over the ranks of the second (Fenwick 1994). O(n log n) whatever the data.
 */
export function markSpace(points: Points, front: Uint8Array, scratch: Scratch): void {
  const { rows, count } = points;
  const order = inputOrder(points, scratch);
  sortByAxis(order, points, 1, scratch);
  const { ranks, highest } = rankSecond(points, order, scratch);
  sortByAxis(order, points, 0, scratch); // stable: ties on the first axis stay in order of the second
  // NaN is no number met yet: it is neither below nor equal to any, +Infinity included.
  const tree = scratch.floats('tree', highest + 1).fill(Number.NaN, 0, highest + 1);
  let start = 0;
  while (start < count) {
    const at = 3 * order[start];
    let lowest = rows[at + 2];
    let end = start + 1;
    for (; end < count && agree(rows, at, 3 * order[end]); end++) lowest = Math.min(lowest, rows[3 * order[end] + 2]);
    const efficient = !reaches(tree, ranks[order[start]], lowest);
    for (let i = start; i < end; i++) front[order[i]] = efficient && rows[3 * order[i] + 2] === lowest ? 1 : 0;
    if (efficient) lower(tree, ranks[order[start]], highest, lowest);
    start = end;
  }
}

const agree = (rows: Float64Array, a: number, b: number) => rows[a] === rows[b] && rows[a + 1] === rows[b + 1];

/** Ranks from 1 on the second axis, equal for equal values. */
function rankSecond({ rows, count }: Points, order: Int32Array, scratch: Scratch) {
  const ranks = scratch.ints('ranks', count);
  let highest = 0;
  for (let i = 0; i < count; i++) {
    if (i === 0 || rows[3 * order[i] + 1] !== rows[3 * order[i - 1] + 1]) highest++;
    ranks[order[i]] = highest;
  }
  return { ranks, highest };
}

/** Whether a third value at or below `value` was met at a rank up to `rank`. */
function reaches(tree: Float64Array, rank: number, value: number): boolean {
  for (let node = rank; node > 0; node &= node - 1) if (tree[node] <= value) return true;
  return false;
}

/** Notes `value` at `rank`. Wider nodes hold minima over more, so the first that is low enough ends the walk. */
function lower(tree: Float64Array, rank: number, highest: number, value: number): void {
  for (let node = rank; node <= highest && !(tree[node] <= value); node += node & -node) tree[node] = value;
}

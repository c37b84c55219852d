import { inputOrder, sortByAxis } from './order.js';
import type { Points } from './points.js';
import type { Scratch } from './scratch.js';

/** One objective: every point at the least value. */
export function markLine({ rows, count }: Points, front: Uint8Array): void {
  let least = Infinity;
  for (let i = 0; i < count; i++) if (rows[i] < least) least = rows[i];
  for (let i = 0; i < count; i++) front[i] = rows[i] === least ? 1 : 0;
}

/** Two objectives by sort and scan: along the first axis, a point is on the front when it lowers the second. */
export function markPlane(points: Points, front: Uint8Array, scratch: Scratch): void {
  const { rows, count } = points;
  const order = inputOrder(points, scratch);
  sortByAxis(order, points, 0, scratch);
  let least = Infinity;
  let start = 0;
  while (start < count) {
    const x = rows[2 * order[start]];
    let lowest = rows[2 * order[start] + 1];
    let end = start + 1;
    for (; end < count && rows[2 * order[end]] === x; end++) lowest = Math.min(lowest, rows[2 * order[end] + 1]);
    const efficient = lowest < least || start === 0; // the first may stand at +Infinity
    for (let i = start; i < end; i++) front[order[i]] = efficient && rows[2 * order[i] + 1] === lowest ? 1 : 0;
    least = Math.min(least, lowest);
    start = end;
  }
}

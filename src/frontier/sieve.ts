import type { Points } from './points.js';
import type { Scratch } from './scratch.js';

// Most points of most sets are beaten by a handful of strong ones, and to see that costs far less than to sort. The
// strong ones are picked on a sample: whichever beats most of it, then whichever beats most of what is left. Where no
// point beats many (all points on the front) the sample says so, and nothing is spent on the rest.

/** Fewer points than this are not worth a sample. */
const WORTHWHILE = 4096;
const SAMPLE = 128;
const STRONG = 8;
/** A strong point must beat this share of the sample. */
const SHARE = 1 / 32;

/** Drops points that a strong one beats; those kept stand first, their input numbers in `ids`. */
export function sieve(points: Points, ids: Int32Array, scratch: Scratch): void {
  for (let i = 0; i < points.count; i++) ids[i] = i;
  for (let before = Infinity; points.count >= WORTHWHILE && points.count < before / 2; ) {
    before = points.count;
    dropBeaten(points, ids, pickStrong(points, scratch));
  }
}

function dropBeaten(points: Points, ids: Int32Array, strong: Float64Array): void {
  if (strong.length === 0) return;
  const { rows, axes } = points;
  let kept = 0;
  for (let i = 0; i < points.count; i++) {
    if (beatenByAny(strong, rows, i * axes, axes)) continue;
    for (let axis = 0; axis < axes; axis++) rows[kept * axes + axis] = rows[i * axes + axis];
    ids[kept++] = ids[i];
  }
  points.count = kept;
}

function beatenByAny(strong: Float64Array, rows: Float64Array, row: number, axes: number): boolean {
  for (let at = 0; at < strong.length; at += axes) if (beats(strong, at, rows, row, axes)) return true;
  return false;
}

/** Whether the point at `a` is better than that at `b` on every axis: enough to drop b, and the quicker to see. */
function beats(rowsA: Float64Array, a: number, rowsB: Float64Array, b: number, axes: number): boolean {
  for (let axis = 0; axis < axes; axis++) if (rowsA[a + axis] >= rowsB[b + axis]) return false;
  return true;
}

function pickStrong({ rows, axes, count }: Points, scratch: Scratch): Float64Array {
  const sample = scratch.ints('sample', SAMPLE);
  for (let s = 0; s < SAMPLE; s++) sample[s] = Math.floor(((s + 0.5) * count) / SAMPLE) * axes;
  const left = scratch.bytes('left', SAMPLE).fill(1);
  const strong: number[] = [];
  for (let round = 0; round < STRONG; round++) {
    const { best, beaten } = strongest(rows, axes, sample, left);
    if (beaten < SAMPLE * SHARE) break;
    strong.push(...rows.subarray(best, best + axes));
    for (let s = 0; s < SAMPLE; s++) if (beats(rows, best, rows, sample[s], axes)) left[s] = 0;
  }
  return Float64Array.from(strong);
}

/** The sample point that dominates most of those left, and how many. */
function strongest(rows: Float64Array, axes: number, sample: Int32Array, left: Uint8Array) {
  let best = sample[0];
  let most = 0;
  for (let a = 0; a < SAMPLE; a++) {
    let count = 0;
    for (let b = 0; b < SAMPLE; b++) if (left[b] && beats(rows, sample[a], rows, sample[b], axes)) count++;
    if (count > most) [best, most] = [sample[a], count];
  }
  return { best, beaten: most };
}

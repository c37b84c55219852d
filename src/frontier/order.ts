import type { Points } from './points.js';
import type { Scratch } from './scratch.js';

// Sorting a million positions by a float64 key is most of the work of a frontier, and a comparator in JavaScript
// is ten times too slow for it. So: spread the keys over 2^22 cells by a linear map, radix sort the cells (two passes
// of 11 bits), then insertion sort what is left inside a cell. Keys that bunch (log-spaced FLOPs, infinities) are
// radix sorted by the upper half of their bits instead (three passes), and where many agree in that, by all 64 bits.

const DIGIT = 11;
const DIGITS = 1 << DIGIT;
const CELLS = DIGITS * DIGITS;
/** Most a top digit may hold, as a share of the points, before the linear map is given up. */
const CROWDED = 1 / 32;
/** Insertion moves a point, on average, before an order is judged to be far from right. */
const MOVES = 4;
/** So few points are sorted by insertion alone. */
const FEW = 64;
/** Where the upper half of a float64 stands among its two 32-bit words. */
const HIGH_WORD = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** Fills `order` with 0 to count - 1. */
export function inputOrder(points: Points, scratch: Scratch): Int32Array {
  const order = scratch.ints('order', points.count);
  for (let i = 0; i < points.count; i++) order[i] = i;
  return order;
}

/** Sorts `order` ascending by one axis; points that tie keep their present order. */
export function sortByAxis(order: Int32Array, points: Points, axis: number, scratch: Scratch): void {
  const { count } = points;
  if (count <= FEW && settle(order, points, axis, Infinity)) return;
  const digits = scratch.ints('digits', count);
  const settled = () => settle(order, points, axis, MOVES * count);
  const byWord = (word: number) => {
    readWord(digits, points, axis, word);
    return radixSort(order, digits, count, { scratch, passes: 3, largestShare: 1 });
  };
  const spread = spreadLinearly(digits, points, axis);
  if (spread && radixSort(order, digits, count, { scratch, passes: 2, largestShare: CROWDED }) && settled()) return;
  if (byWord(HIGH_WORD) && settled()) return;
  byWord(1 - HIGH_WORD);
  byWord(HIGH_WORD);
}

/** A cell in [0, 2^22) for each point, never falling while the key rises; false when the range is not finite. */
function spreadLinearly(digits: Int32Array, { rows, axes, count }: Points, axis: number): boolean {
  let least = Infinity;
  let most = -Infinity;
  for (let i = axis, end = count * axes; i < end; i += axes) {
    const key = rows[i];
    if (key < least) least = key;
    if (key > most) most = key;
  }
  const scale = (CELLS - 1) / (most - least);
  if (!(scale > 0 && scale < Infinity)) return false;
  for (let i = 0, at = axis; i < count; i++, at += axes) digits[i] = (rows[at] - least) * scale;
  return true;
}

/** One 32-bit half of each key, with bits flipped so that unsigned order is the order of the numbers. */
function readWord(digits: Int32Array, { rows, axes, count }: Points, axis: number, word: number): void {
  const words = new Int32Array(rows.buffer, rows.byteOffset, 2 * count * axes);
  const top = word === HIGH_WORD ? 1 << 31 : 0;
  for (let i = 0, at = 2 * axis; i < count; i++, at += 2 * axes) {
    const negative = words[at + HIGH_WORD] >> 31; // all ones for negative keys: those are flipped whole
    digits[i] = words[at + word] ^ (negative | top);
  }
}

interface RadixOptions {
  readonly scratch: Scratch;
  readonly passes: number;
  /** Share of the points that the top digit may give one value before the sort is refused, in (0, 1]. */
  readonly largestShare: number;
}

/** Stable, least digit first. False, with `order` untouched, when the top digit is more crowded than allowed. */
function radixSort(order: Int32Array, digits: Int32Array, count: number, options: RadixOptions): boolean {
  const { scratch, passes, largestShare } = options;
  const tallies = countDigits(digits, count, passes, scratch);
  for (let d = (passes - 1) * DIGITS; d < passes * DIGITS; d++) if (tallies[d] > count * largestShare) return false;
  let from = order;
  let to = scratch.ints('radix', count);
  for (let pass = 0; pass < passes; pass++) {
    if (!startsOfDigits(tallies, pass * DIGITS, count)) continue;
    scatter(from, to, count, { digits, tallies, pass });
    [from, to] = [to, from];
  }
  if (from !== order) for (let i = 0; i < count; i++) order[i] = from[i];
  return true;
}

function countDigits(digits: Int32Array, count: number, passes: number, scratch: Scratch): Int32Array {
  const tallies = scratch.ints('tallies', 3 * DIGITS).fill(0);
  for (let i = 0; i < count; i++) {
    const digit = digits[i];
    tallies[digit & (DIGITS - 1)]++;
    tallies[DIGITS + ((digit >>> DIGIT) & (DIGITS - 1))]++;
    if (passes === 3) tallies[2 * DIGITS + (digit >>> (2 * DIGIT))]++;
  }
  return tallies;
}

/** Turns tallies into first places; false when one digit holds every point, so that the pass may be skipped. */
function startsOfDigits(tallies: Int32Array, base: number, count: number): boolean {
  let sum = 0;
  for (let d = base; d < base + DIGITS; d++) {
    const tally = tallies[d];
    if (tally === count) return false;
    tallies[d] = sum;
    sum += tally;
  }
  return true;
}

interface Pass {
  readonly digits: Int32Array;
  readonly tallies: Int32Array;
  readonly pass: number;
}

function scatter(from: Int32Array, to: Int32Array, count: number, { digits, tallies, pass }: Pass): void {
  const base = pass * DIGITS;
  const shift = pass * DIGIT;
  for (let i = 0; i < count; i++) {
    const point = from[i];
    to[tallies[base + ((digits[point] >>> shift) & (DIGITS - 1))]++] = point;
  }
}

/** Insertion sort of an order that is nearly right; false when `moves` did not suffice and it was left unfinished. */
function settle(order: Int32Array, { rows, axes, count }: Points, axis: number, moves: number): boolean {
  let left = moves;
  for (let i = 1; i < count; i++) {
    const point = order[i];
    const key = rows[point * axes + axis];
    let place = i;
    for (; place > 0 && rows[order[place - 1] * axes + axis] > key; place--) order[place] = order[place - 1];
    order[place] = point;
    left -= i - place;
    if (left < 0) return false;
  }
  return true;
}

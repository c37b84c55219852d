import type { Scratch } from './scratch.js';

// Divide and conquer over the axes (Kung, Luccio and Preparata 1975).
//
// In lexicographic order, whatever dominates a point stands before it; so once the first axis is dropped, a point is
// dominated exactly when an earlier one is no worse on the axes left. Halve the sequence, solve both halves, and
// strike from the later one what the earlier one beats. To strike on axes 0..k, halve again, by rank on axis k: low
// strikes low and high strikes high on the same axes; low strikes high on one axis fewer, as axis k is settled; high
// never strikes low. On two axes one merged walk decides. Halving the range of ranks, and not the points, keeps ties
// and skew from making the recursion deeper than log2(count) on any axis: O(n log^(width-1) n) time.

/** Up to this many points are solved pair by pair. */
const FEW = 24;
/** Up to this many pairs (earlier times later) are compared directly instead of being halved further. */
const FEW_PAIRS = 600;

/** `count` distinct points of `width` ranks each, in lexicographic order of a further axis before these. */
export interface Grid {
  readonly grid: Int32Array;
  readonly width: number;
  readonly count: number;
}

interface Conquest extends Grid {
  readonly scratch: Scratch;
  /** 1 for a point that another beats. */
  readonly struck: Uint8Array;
  /** Point numbers: the survivors of each half in its place, then, from `count` on, a stack of partitions. */
  lists: Int32Array;
}

/** Point numbers in `lists`, ascending on axis 0. */
interface Run {
  readonly start: number;
  readonly count: number;
}

/** 1 for each point that an earlier one matches or beats on every axis. */
export function conquer(grid: Grid, scratch: Scratch): Uint8Array {
  const { count } = grid;
  const struck = scratch.bytes('struck', count).fill(0, 0, count);
  solveRange({ ...grid, scratch, struck, lists: scratch.ints('lists', 6 * count) }, 0, count);
  return struck;
}

/** Leaves in `lists`, from `start` on, the points of [start, end) that none of them beats. */
function solveRange(work: Conquest, start: number, end: number): Run {
  if (end - start <= FEW) return solveFew(work, start, end);
  const middle = (start + end) >>> 1;
  const earlier = solveRange(work, start, middle);
  const later = solveRange(work, middle, end);
  strike(work, { earlier, later, k: work.width - 1, free: work.count });
  return mergeRuns(work, earlier, later);
}

function solveFew(work: Conquest, start: number, end: number): Run {
  const { lists, struck, width } = work;
  let kept = start;
  for (let point = start; point < end; point++) {
    let other = start;
    while (other < kept && !noWorse(work, lists[other], point, width - 1)) other++;
    if (other < kept) struck[point] = 1;
    else insert(work, point, start, kept++);
  }
  return { start, count: kept - start };
}

function insert({ grid, width, lists }: Conquest, point: number, start: number, end: number): void {
  const rank = grid[point * width];
  let place = end;
  for (; place > start && grid[lists[place - 1] * width] > rank; place--) lists[place] = lists[place - 1];
  lists[place] = point;
}

/** Whether point a is no worse than point b on axes 0 to k. */
function noWorse({ grid, width }: Conquest, a: number, b: number, k: number): boolean {
  const rowA = a * width;
  const rowB = b * width;
  for (let axis = k; axis >= 0; axis--) if (grid[rowA + axis] > grid[rowB + axis]) return false;
  return true;
}

/** Merges two runs, less what is struck, into the place of the first; the stack, empty now, lends the room. */
function mergeRuns({ grid, width, count, lists, struck }: Conquest, a: Run, b: Run): Run {
  let [i, j, out] = [a.start, b.start, count];
  const endA = a.start + a.count;
  const endB = b.start + b.count;
  while (i < endA || j < endB) {
    const takeA = j === endB || (i < endA && grid[lists[i] * width] <= grid[lists[j] * width]);
    const point = lists[takeA ? i++ : j++];
    if (!struck[point]) lists[out++] = point;
  }
  lists.copyWithin(a.start, count, out);
  return { start: a.start, count: out - count };
}

/** Strike from `later` what `earlier` beats on axes 0 to k; `lists` is unused from `free` on. */
interface Task {
  readonly earlier: Run;
  readonly later: Run;
  readonly k: number;
  readonly free: number;
}

function strike(work: Conquest, task: Task): void {
  const { earlier, later, k } = task;
  if (earlier.count * later.count <= FEW_PAIRS) strikePairs(work, task);
  else if (k === 1) strikeWalk(work, earlier, later);
  else strikeHalves(work, task);
}

function strikeHalves(work: Conquest, { earlier, later, k, free }: Task): void {
  const a = rangeOn(work, earlier, k);
  const b = rangeOn(work, later, k);
  if (a.least > b.most) return;
  if (a.most <= b.least) {
    strike(work, { earlier, later, k: k - 1, free });
    return;
  }
  const pivot = Math.ceil((Math.min(a.least, b.least) + Math.max(a.most, b.most)) / 2);
  const first = partition(work, earlier, { k, pivot, free });
  const second = partition(work, later, { k, pivot, free: first.free });
  strike(work, { earlier: first.low, later: second.low, k, free: second.free });
  strike(work, { earlier: first.high, later: second.high, k, free: second.free });
  strike(work, { earlier: first.low, later: second.high, k: k - 1, free: second.free });
}

function strikePairs(work: Conquest, { earlier, later, k }: Task): void {
  const { lists, struck } = work;
  const end = earlier.start + earlier.count;
  for (let j = later.start; j < later.start + later.count; j++) {
    const point = lists[j];
    if (struck[point]) continue;
    let i = earlier.start;
    while (i < end && !noWorse(work, lists[i], point, k)) i++;
    if (i < end) struck[point] = 1;
  }
}

/** Axes 0 and 1: both runs rise on axis 0, so the lowest axis 1 so far in the earlier run decides. */
function strikeWalk({ grid, width, lists, struck }: Conquest, earlier: Run, later: Run): void {
  const end = earlier.start + earlier.count;
  let lowest = Infinity;
  for (let i = earlier.start, j = later.start; j < later.start + later.count; j++) {
    const at = lists[j] * width;
    for (; i < end && grid[lists[i] * width] <= grid[at]; i++) lowest = Math.min(lowest, grid[lists[i] * width + 1]);
    if (lowest <= grid[at + 1]) struck[lists[j]] = 1;
  }
}

function rangeOn({ grid, width, lists }: Conquest, { start, count }: Run, k: number): { least: number; most: number } {
  let least = Infinity;
  let most = -Infinity;
  for (let i = start; i < start + count; i++) {
    const rank = grid[lists[i] * width + k];
    if (rank < least) least = rank;
    if (rank > most) most = rank;
  }
  return { least, most };
}

interface Cut {
  readonly k: number;
  readonly pivot: number;
  readonly free: number;
}

/** Copies a run, less what is struck, to `free`: what is below the pivot on axis k, then what is not, in order. */
function partition(work: Conquest, { start, count }: Run, { k, pivot, free }: Cut) {
  reserve(work, free + count);
  const { grid, width, lists, struck } = work;
  let low = free;
  let high = free + count;
  for (let i = start; i < start + count; i++) {
    const point = lists[i];
    if (struck[point]) continue;
    if (grid[point * width + k] < pivot) lists[low++] = point;
    else lists[--high] = point;
  }
  lists.subarray(high, free + count).reverse();
  return {
    low: { start: free, count: low - free },
    high: { start: high, count: free + count - high },
    free: free + count,
  };
}

function reserve(work: Conquest, length: number): void {
  if (length <= work.lists.length) return;
  const grown = work.scratch.ints('lists', 2 * length);
  grown.set(work.lists);
  work.lists = grown;
}

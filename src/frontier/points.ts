import { fail, mustBe } from '../base/index.js';
import type { Scratch } from './scratch.js';

/** Which way an objective improves. */
export type Goal = 'min' | 'max';

/** `count` points of `axes` numbers each, point after point in `rows`; smaller is better on every axis. */
export interface Points {
  readonly rows: Float64Array;
  readonly axes: number;
  count: number;
}

/** Checks columns and lays them out point after point; a 'max' column is negated, -0 becomes 0, NaN is refused. */
export function readPoints(columns: readonly Float64Array[], goals: readonly Goal[], scratch: Scratch): Points {
  const axes = columns.length;
  if (axes === 0) fail('a frontier needs at least 1 objective, got 0');
  if (goals.length !== axes) fail(mustBe('goals', `${axes} in number, one a column`, goals.length));
  const count = columns[0].length;
  for (let axis = 0; axis < axes; axis++) checkColumn(axis, columns[axis], goals[axis], count);
  const rows = scratch.floats('rows', count * axes);
  // Block by block, so that the points being written stay in the cache from axis to axis.
  for (let start = 0; start < count; start += BLOCK)
    for (let axis = 0; axis < axes; axis++)
      readBlock(rows, columns[axis], { axis, axes, start, maximise: goals[axis] === 'max' });
  return { rows, axes, count };
}

const BLOCK = 1024;

function checkColumn(axis: number, column: Float64Array, goal: Goal, count: number): void {
  if (goal !== 'min' && goal !== 'max') fail(mustBe(`goal ${axis}`, 'min or max', goal));
  if (column.length !== count) fail(mustBe(`column ${axis}`, `${count} numbers long, as column 0`, column.length));
}

interface Block {
  readonly axis: number;
  readonly axes: number;
  readonly start: number;
  readonly maximise: boolean;
}

function readBlock(rows: Float64Array, column: Float64Array, { axis, axes, start, maximise }: Block): void {
  const end = Math.min(start + BLOCK, column.length);
  for (let i = start, at = start * axes + axis; i < end; i++, at += axes) {
    const value = column[i];
    if (Number.isNaN(value)) fail(mustBe(`column ${axis} at index ${i}`, 'a number', value));
    rows[at] = maximise ? 0 - value : value + 0; // either sum turns -0 into 0, so bits agree with ===
  }
}

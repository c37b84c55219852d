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
  const rows = scratch.floats('rows', count * axes);
  for (let axis = 0; axis < axes; axis++) readColumn(rows, columns[axis], { axis, axes, count, goal: goals[axis] });
  return { rows, axes, count };
}

interface ColumnPlace {
  readonly axis: number;
  readonly axes: number;
  readonly count: number;
  readonly goal: Goal;
}

function readColumn(rows: Float64Array, column: Float64Array, { axis, axes, count, goal }: ColumnPlace): void {
  if (goal !== 'min' && goal !== 'max') fail(mustBe(`goal ${axis}`, 'min or max', goal));
  if (column.length !== count) fail(mustBe(`column ${axis}`, `${count} numbers long, as column 0`, column.length));
  const maximise = goal === 'max';
  for (let i = 0; i < count; i++) {
    const value = column[i];
    if (Number.isNaN(value)) fail(mustBe(`column ${axis} at index ${i}`, 'a number', value));
    rows[i * axes + axis] = maximise ? 0 - value : value + 0; // either sum turns -0 into 0, so bits agree with ===
  }
}

import { fail, mustBe, shown } from '../base/index.js';
import type { Goal } from './points.js';

/** One thing that should be small or large, and where a point keeps it. */
export interface Objective<T> {
  readonly name: string;
  readonly goal: Goal;
  /** A function, or a field of the point; defaults to the field called `name`. */
  readonly value?: ((point: T) => number) | (keyof T & string);
}

/** Objectives as columns for the kernel. */
export interface ObjectiveColumns {
  readonly columns: readonly Float64Array[];
  readonly goals: readonly Goal[];
}

/** Reads every point once. What is no number is refused, naming the point and the objective. */
export function readObjectives<T extends object>(
  points: readonly T[],
  objectives: readonly Objective<T>[],
): ObjectiveColumns {
  if (objectives.length === 0) fail('a frontier needs at least 1 objective, got 0');
  const names = objectives.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) fail(mustBe('names of objectives', 'distinct', twice));
  return { columns: objectives.map(one => readColumn(points, one)), goals: objectives.map(({ goal }) => goal) };
}

function readColumn<T extends object>(points: readonly T[], objective: Objective<T>): Float64Array {
  const { name, goal } = objective;
  if (goal !== 'min' && goal !== 'max') fail(mustBe(`goal of ${name}`, 'min or max', goal));
  const read = reader(objective);
  const column = new Float64Array(points.length);
  for (let i = 0; i < points.length; i++) {
    const value = read(points[i]);
    if (typeof value !== 'number' || Number.isNaN(value))
      fail(mustBe(`${name} of ${pointName(points[i], i)}`, 'a number', value));
    column[i] = value;
  }
  return column;
}

/** The value of an objective at a point, unchecked. */
export function reader<T extends object>({ name, value = name as keyof T & string }: Objective<T>) {
  return (point: T): unknown => (typeof value === 'function' ? value(point) : point[value]);
}

/** How messages call a point: its place in the input, from 0, and its name where it has one. */
export function pointName(point: object, index: number): string {
  const { name, model }: { name?: unknown; model?: unknown } = point;
  const known = [name, model].find(candidate => typeof candidate === 'string');
  return known === undefined ? `points[${index}]` : `points[${index}] (${shown(known).slice(1, -1)})`;
}

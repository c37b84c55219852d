import { fail } from '../base/index.js';
import type { Form, Value } from './graph.js';

/** @example sizeOf([2, 3]) // => 6 */
export const sizeOf = (dims: readonly number[]) => dims.reduce((size, dim) => size * dim, 1);

export const sameDims = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((dim, i) => dim === b[i]);

/** @example shownDims({ dims: [2, 3], dtype: 'int32' }, ...) // => 'int32 [2, 3]' */
export const shownForms = (...forms: readonly Form[]) =>
  forms.map(({ dims, dtype }) => `${dtype} [${dims.join(', ')}]`).join(' and ');

/**
 * The dims of an element-wise result: aligned from the right, 1 stretches.
 *
 * @example broadcastDims('add', [5, 1], [3]) // => [5, 3]
 */
export function broadcastDims(kind: string, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [left, right] = [a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1];
    if (left !== right && left !== 1 && right !== 1)
      fail(`inputs of ${kind} must be equal in each dim or 1, got [${a.join(', ')}] and [${b.join(', ')}]`);
    return left === 1 ? right : left;
  });
}

/** An axis from 0; negative ones count from the end. */
export function checkAxis(kind: string, axis: number, rank: number): number {
  if (!(Number.isInteger(axis) && axis >= -rank && axis < rank))
    fail(`axis of ${kind} must be an integer in [${-rank}, ${rank}), got ${axis}`);
  return axis < 0 ? axis + rank : axis;
}

export function checkAxes(kind: string, axes: readonly number[], rank: number): number[] {
  const checked = axes.map(axis => checkAxis(kind, axis, rank)).sort((a, b) => a - b);
  if (new Set(checked).size < axes.length) fail(`axes of ${kind} must differ, got [${axes.join(', ')}]`);
  return checked;
}

export function checkDims(what: string, dims: readonly number[]): readonly number[] {
  if (!dims.every(dim => Number.isInteger(dim) && dim >= 1))
    fail(`dims of ${what} must be integers from 1 and up, got [${dims.join(', ')}]`);
  return dims;
}

/** All of one type and, unless told otherwise, numbers. */
export function checkTypes(kind: string, values: readonly Value[], allowed = ['float32', 'int32']): void {
  const [{ dtype }] = values;
  if (!allowed.includes(dtype) || values.some(value => value.dtype !== dtype))
    fail(`inputs of ${kind} must be of one type of ${allowed.join(', ')}, got ${shownForms(...values)}`);
}

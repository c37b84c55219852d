import { fail } from '../../base/index.js';
import { checkDims, sizeOf } from '../dims.js';
import { addValue, type DataType, type Graph, type TypedArray, type Value } from '../graph.js';

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** Constants up to this size are compared, so that equal ones are one. */
const SMALL = 64;

/**
 * A value that never changes.
 *
 * @param values one number stands for all of the dims
 * @param dims default: [] for a number, [length] for an array
 * @param dtype default: that of the array; float32 for a number
 * @example constant(graph, 0, [2, 3]) // zeros
 */
export function constant(
  graph: Graph,
  values: number | TypedArray,
  dims: readonly number[] = typeof values === 'number' ? [] : [values.length],
  dtype: DataType = typeof values === 'number' ? 'float32' : dtypeOf(values),
): Value {
  checkDims('constant', dims);
  const kept = ARRAYS[dtype].from(typeof values === 'number' ? [values] : values);
  if (dtype !== 'float32' && typeof values === 'number' && kept[0] !== values)
    fail(`constant of ${dtype} must be an integer in its range, got ${values}`);
  if (typeof values !== 'number' && kept.length !== sizeOf(dims))
    fail(`constant of dims [${dims.join(', ')}] must have ${sizeOf(dims)} values, got ${kept.length}`);
  const key = kept.length <= SMALL ? `${dtype}[${dims.join()}]${shownExactly(kept)}` : undefined;
  return addValue(graph, { kind: 'constant', inputs: [], attributes: { values: kept }, dims, dtype, key });
}

/** Tells 0 from -0 and keeps NaN. */
const shownExactly = (values: TypedArray) =>
  Array.from(values as Float32Array, value => (Object.is(value, -0) ? '-0' : String(value))).join();

function dtypeOf(values: TypedArray): DataType {
  if (values instanceof Float32Array) return 'float32';
  return values instanceof Int32Array ? 'int32' : 'bool';
}

export type Operand = Value | number;

/** Numbers as constants of the type of the values beside them. */
export function values<T extends readonly Operand[]>(operands: T): Value[] {
  const model = operands.find(operand => typeof operand !== 'number');
  if (!model) return fail('an operation must have a value of the graph among its inputs, got only numbers');
  return operands.map(operand => (typeof operand === 'number' ? numberLike(model, operand) : operand));
}

export const numberLike = ({ graph, dtype }: Value, number: number): Value =>
  constant(graph, number, [], dtype === 'bool' ? 'float32' : dtype);

import { fail } from '../../base/index.js';
import { checkTypes, sameDims, shownForms } from '../dims.js';
import { addValue, type Value } from '../graph.js';
import type { Precision } from '../kinds.js';

export interface ProductOptions {
  /** The last two dims of a are [k, m] instead of [m, k]. Default false. */
  readonly transposeA?: boolean;
  /** The last two dims of b are [n, k] instead of [k, n]. Default false. */
  readonly transposeB?: boolean;
  /** bf16 rounds both inputs and the result to bfloat16 and sums in float32; its gradients do likewise. Default fp32. */
  readonly precision?: Precision;
}

/** [m, k] x [k, n] -> [m, n] */
export function matMul(a: Value, b: Value, options: ProductOptions = {}): Value {
  if (a.dims.length !== 2 || b.dims.length !== 2) fail(`inputs of matMul must be matrices, got ${shownForms(a, b)}`);
  return product('matMul', a, b, options);
}

/** As matMul for each of the leading dims, which are equal. [..., m, k] x [..., k, n] -> [..., m, n] */
export function batchMatMul(a: Value, b: Value, options: ProductOptions = {}): Value {
  const leading = a.dims.slice(0, -2);
  if (leading.length < 1 || !sameDims(leading, b.dims.slice(0, -2)))
    fail(`inputs of batchMatMul must be of rank 3 or more with equal leading dims, got ${shownForms(a, b)}`);
  return product('batchMatMul', a, b, options);
}

function product(kind: 'matMul' | 'batchMatMul', a: Value, b: Value, options: ProductOptions): Value {
  const { transposeA = false, transposeB = false, precision = 'fp32' } = options;
  checkTypes(kind, [a, b], ['float32']);
  const [m, inner] = lastTwo(a, transposeA);
  const [other, n] = lastTwo(b, transposeB);
  if (inner !== other) fail(`inner dims of ${kind} must be equal, got ${inner} and ${other} of ${shownForms(a, b)}`);
  const attributes = { transposeA, transposeB, precision };
  const dims = [...a.dims.slice(0, -2), m, n];
  return addValue(a.graph, { kind, inputs: [a, b], attributes, dims, dtype: 'float32' });
}

function lastTwo({ dims }: Value, transposed: boolean): [number, number] {
  const [rows, columns] = dims.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
}

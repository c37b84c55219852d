import { fail } from '../../base/index.js';
import { checkAxes, checkAxis, checkTypes, sameDims, shownForms } from '../dims.js';
import { addOperation, addValue, type Value } from '../graph.js';
import { reshape } from './arrange.js';

export interface ReduceOptions {
  /** Reduced dims stay, as 1. Default false. */
  readonly keepDims?: boolean;
}

function reduction(kind: 'sum' | 'mean') {
  return (x: Value, axes: readonly number[] = [...x.dims.keys()], { keepDims = false }: ReduceOptions = {}): Value => {
    checkTypes(kind, [x], kind === 'mean' ? ['float32'] : undefined);
    const along = checkAxes(kind, axes, x.dims.length);
    const kept = x.dims.map((dim, i) => (along.includes(i) ? 1 : dim));
    const dims = keepDims ? kept : kept.filter((_, i) => !along.includes(i));
    if (along.every(axis => x.dims[axis] === 1)) return reshape(x, dims);
    const { graph, dtype } = x;
    return addValue(graph, { kind, inputs: [x], attributes: { axes: along, keepDims }, dims, dtype });
  };
}

/** Default: over all axes. */
export const sum = reduction('sum');
/** Default: over all axes. */
export const mean = reduction('mean');

/** Where the largest value is, along an axis, which is dropped; the first of equals. -> int32 */
export function argMax(x: Value, axis = -1): Value {
  checkTypes('argMax', [x]);
  const along = checkAxis('argMax', axis, x.dims.length);
  const dims = x.dims.filter((_, i) => i !== along);
  return addValue(x.graph, { kind: 'argMax', inputs: [x], attributes: { axis: along }, dims, dtype: 'int32' });
}

/** Along the last axis. */
export function softmax(x: Value): Value {
  checkTypes('softmax', [x], ['float32']);
  if (x.dims.length === 0) fail('input of softmax must have an axis, got a scalar');
  const { graph, dims, dtype } = x;
  return addValue(graph, { kind: 'softmax', inputs: [x], attributes: {}, dims, dtype });
}

/** -log softmax(logits) at the label, nats. [rows, classes], int32 [rows] -> [rows] */
export function sparseCrossEntropy(logits: Value, labels: Value): Value {
  checkTypes('sparseCrossEntropy', [logits], ['float32']);
  const { graph, dims, dtype } = logits;
  if (dims.length !== 2 || labels.dtype !== 'int32' || !sameDims(labels.dims, dims.slice(0, 1)))
    fail(`inputs of sparseCrossEntropy must be [rows, classes] and int32 [rows], got ${shownForms(logits, labels)}`);
  const outputs = [
    { dims: labels.dims, dtype },
    { dims, dtype }, // softmax(logits) - oneHot(labels): the gradient, which the same kernel makes
  ];
  const inputs = [logits, labels];
  return addOperation(graph, { kind: 'sparseCrossEntropy', inputs, attributes: {}, outputs }).outputs[0];
}

import { fail } from '../../base/index.js';
import { broadcastDims, checkAxis, checkDims, checkTypes, sameDims, shownForms, sizeOf } from '../dims.js';
import { addOperation, addValue, type Value } from '../graph.js';

const ALL = ['float32', 'int32', 'bool'];

/** One dim may be -1: it takes what is left. */
export function reshape(x: Value, dims: readonly number[]): Value {
  const known = sizeOf(dims.filter(dim => dim !== -1));
  const filled = dims.map(dim => (dim === -1 ? sizeOf(x.dims) / known : dim));
  if (sizeOf(filled) !== sizeOf(x.dims) || !filled.every(Number.isInteger))
    fail(`reshape of ${shownForms(x)} must keep the size, got [${dims.join(', ')}]`);
  if (sameDims(filled, x.dims)) return x;
  const from = x.op.kind === 'reshape' ? x.op.inputs[0] : x; // a reshape of a reshape is one
  if (sameDims(filled, from.dims)) return from;
  const { graph, dtype } = x;
  return addValue(graph, { kind: 'reshape', inputs: [from], attributes: {}, dims: filled, dtype, key: filled.join() });
}

/** Repeats along dims of 1, aligned from the right. */
export function broadcastTo(x: Value, dims: readonly number[]): Value {
  checkDims('broadcastTo', dims);
  if (!sameDims(broadcastDims('broadcastTo', x.dims, dims), dims))
    fail(`broadcastTo must not shrink, got ${shownForms(x)} to [${dims.join(', ')}]`);
  if (sameDims(x.dims, dims)) return x;
  const { graph, dtype } = x;
  return addValue(graph, { kind: 'broadcastTo', inputs: [x], attributes: {}, dims, dtype, key: dims.join() });
}

/** Dim i of the result is dim perm[i] of x. Default: the dims in reverse. */
export function transpose(x: Value, perm: readonly number[] = x.dims.map((_, i) => x.dims.length - 1 - i)): Value {
  if (
    !sameDims(
      [...perm].sort((a, b) => a - b),
      [...x.dims.keys()],
    )
  )
    fail(`perm of transpose must hold each axis of ${shownForms(x)} once, got [${perm.join(', ')}]`);
  if (perm.every((axis, i) => axis === i)) return x;
  const { graph, dtype } = x;
  const dims = perm.map(axis => x.dims[axis]);
  return addValue(graph, { kind: 'transpose', inputs: [x], attributes: { perm }, dims, dtype });
}

/** The block of `size` that starts at `begin`; a size of -1 reaches to the end. */
export function slice(x: Value, begin: readonly number[], size: readonly number[]): Value {
  const dims = size.map((dim, i) => (dim === -1 ? x.dims[i] - begin[i] : dim));
  const inside = x.dims.every((dim, i) => begin[i] >= 0 && dims[i] >= 1 && begin[i] + dims[i] <= dim);
  if (begin.length !== x.dims.length || dims.length !== x.dims.length || !inside)
    fail(`slice of ${shownForms(x)} must lie inside, got [${size.join(', ')}] from [${begin.join(', ')}]`);
  if (sameDims(dims, x.dims)) return x;
  const { graph, dtype } = x;
  const key = `${begin.join()}+${dims.join()}`;
  return addValue(graph, { kind: 'slice', inputs: [x], attributes: { begin }, dims, dtype, key });
}

/** x at `before` inside zeros of the dims given: what slice takes the gradient to. */
export function pad(x: Value, before: readonly number[], dims: readonly number[]): Value {
  if (before.length !== dims.length || !x.dims.every((dim, i) => before[i] >= 0 && before[i] + dim <= dims[i]))
    fail(`pad of ${shownForms(x)} must lie inside [${dims.join(', ')}], got from [${before.join(', ')}]`);
  if (sameDims(dims, x.dims)) return x;
  const { graph, dtype } = x;
  const key = `${before.join()}in${dims.join()}`;
  return addValue(graph, { kind: 'pad', inputs: [x], attributes: { before }, dims, dtype, key });
}

/** Joins along an axis that is there already. */
export function concat(parts: readonly Value[], axis: number): Value {
  const [{ graph, dims, dtype }] = checkParts('concat', parts);
  const along = checkAxis('concat', axis, dims.length);
  const elsewhere = (other: readonly number[]) => other.map((dim, i) => (i === along ? 0 : dim));
  if (parts.some(part => !sameDims(elsewhere(part.dims), elsewhere(dims))))
    fail(`inputs of concat along axis ${along} must be equal elsewhere, got ${shownForms(...parts)}`);
  if (parts.length === 1) return parts[0];
  const joined = dims.map((dim, i) => (i === along ? parts.reduce((sum, part) => sum + part.dims[along], 0) : dim));
  return addValue(graph, { kind: 'concat', inputs: parts, attributes: { axis: along }, dims: joined, dtype });
}

/** Cuts an axis into pieces of the sizes given. */
export function split(x: Value, sizes: readonly number[], axis: number): Value[] {
  const along = checkAxis('split', axis, x.dims.length);
  checkDims('split', sizes);
  if (sizes.reduce((sum, size) => sum + size, 0) !== x.dims[along])
    fail(`sizes of split must sum to ${x.dims[along]}, axis ${along} of ${shownForms(x)}, got [${sizes.join(', ')}]`);
  if (sizes.length === 1) return [x];
  const outputs = sizes.map(size => ({ dims: x.dims.map((dim, i) => (i === along ? size : dim)), dtype: x.dtype }));
  const attributes = { axis: along };
  return [
    ...addOperation(x.graph, { kind: 'split', inputs: [x], attributes, outputs, key: `${along}:${sizes}` }).outputs,
  ];
}

/** Joins values of equal dims along a new axis. */
export function stack(parts: readonly Value[], axis = 0): Value {
  const [{ graph, dims, dtype }] = checkParts('stack', parts);
  if (parts.some(part => !sameDims(part.dims, dims)))
    fail(`inputs of stack must have equal dims, got ${shownForms(...parts)}`);
  const along = checkAxis('stack', axis, dims.length + 1);
  const stacked = [...dims.slice(0, along), parts.length, ...dims.slice(along)];
  return addValue(graph, { kind: 'stack', inputs: parts, attributes: { axis: along }, dims: stacked, dtype });
}

/** The pieces along an axis, which is dropped. */
export function unstack(x: Value, axis = 0): Value[] {
  const along = checkAxis('unstack', axis, x.dims.length);
  const form = { dims: x.dims.filter((_, i) => i !== along), dtype: x.dtype };
  const outputs = Array.from({ length: x.dims[along] }, () => form);
  return [...addOperation(x.graph, { kind: 'unstack', inputs: [x], attributes: { axis: along }, outputs }).outputs];
}

function checkParts(kind: string, parts: readonly Value[]): readonly Value[] {
  if (parts.length === 0) fail(`${kind} must have at least one input, got none`);
  checkTypes(kind, parts, ALL);
  return parts;
}

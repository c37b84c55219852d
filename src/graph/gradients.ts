import { fail } from '../base/index.js';
import { constant } from './build/constant.js';
import { add, addAll } from './build/element-wise.js';
import { sameDims, shownForms, sizeOf } from './dims.js';
import { nameOf, type Operation, type Value } from './graph.js';
import type { Kind } from './kinds.js';
import { type Pull, passes, pullsOf } from './rules.js';
import { spread } from './spread.js';

/**
 * The gradient of a scalar with respect to each x, by reverse mode; zeros where the scalar does not depend on x.
 *
 * A gradient on its way has the rank of its value but may be 1 along axes where it is constant, so that the gradient of
 * a sum is not written out. Terms that meet are added in one kernel.
 */
export function gradients(y: Value, xs: readonly Value[]): Value[] {
  if (y.dims.length > 0 || y.dtype !== 'float32') fail(`gradients must be of a float32 scalar, got ${shownForms(y)}`);
  const path = findPath(y, xs);
  const terms = new Map<string, Value[]>([[nameOf(y), [constant(y.graph, 1)]]]);
  const found = (value: Value) => total(terms.get(nameOf(value)) ?? []);
  for (const op of path.operations) {
    const results = op.outputs.map(found);
    if (results.every(result => result === undefined)) continue;
    for (const [input, pull] of pulls(op, results)) {
      if (!path.values.has(nameOf(input))) continue;
      const key = nameOf(input);
      terms.set(key, [...(terms.get(key) ?? []), pull()]);
    }
  }
  return xs.map(x => spread(found(x) ?? constant(x.graph, 0, x.dims), x.dims));
}

/** The operations between xs and y, last first, and the values of xs and between. */
function findPath(y: Value, xs: readonly Value[]): { operations: Operation[]; values: ReadonlySet<string> } {
  const values = new Set(xs.map(nameOf));
  const between = y.graph.operations.slice(0, y.op.id + 1).filter(op => {
    if (!passes(op.kind) || !op.inputs.some(input => values.has(nameOf(input)))) return false;
    for (const result of op.outputs) if (result.dtype === 'float32') values.add(nameOf(result));
    return true;
  });
  return { operations: between.reverse(), values };
}

function pulls(op: Operation<Kind>, results: readonly (Value | undefined)[]): [Value, Pull][] {
  return pullsOf(op, results).flatMap((pull, i): [Value, Pull][] => (pull ? [[op.inputs[i], pull]] : []));
}

/** Terms of equal dims are added at once; the smaller sums are then stretched over the larger. */
function total(terms: readonly Value[]): Value | undefined {
  const groups: Value[][] = [];
  for (const term of terms) {
    const group = groups.find(([first]) => sameDims(first.dims, term.dims));
    if (group) group.push(term);
    else groups.push([term]);
  }
  const sums = groups.map(addAll).sort((a, b) => sizeOf(a.dims) - sizeOf(b.dims));
  return sums.length === 0 ? undefined : sums.reduce((sum, term) => add(sum, term));
}

import { broadcastTo, reshape } from './build/arrange.js';
import { mul } from './build/element-wise.js';
import { sum } from './build/reduce.js';
import type { Value } from './graph.js';

/** A gradient written out in full. */
export const spread = (gradient: Value, dims: readonly number[]): Value => broadcastTo(gradient, dims);

/**
 * The gradient of an input that was stretched to `stretched`: summed over the axes where the input is 1.
 * Where the gradient itself is constant along such an axis the sum is a multiple.
 */
export function shrink(gradient: Value, input: Value, stretched: readonly number[]): Value {
  const missing = stretched.length - input.dims.length;
  const axes = [...stretched.keys()].filter(i => stretched[i] > 1 && (input.dims[i - missing] ?? 1) === 1);
  const summed = axes.filter(i => gradient.dims[i] > 1);
  const times = axes.filter(i => gradient.dims[i] === 1).reduce((product, i) => product * stretched[i], 1);
  const total = sum(gradient, summed, { keepDims: true });
  const scaled = times === 1 ? total : mul(total, times);
  return reshape(scaled, scaled.dims.slice(missing));
}

import { fail } from '../base/index.js';
import { concat, pad, reshape, slice, split, stack, transpose, unstack } from './build/arrange.js';
import { constant } from './build/constant.js';
import { div, less, mul, neg, reluGrad, rsqrtGrad, select, sub, tanhGrad } from './build/element-wise.js';
import { gather, segmentSum } from './build/lookup.js';
import { batchMatMul, matMul, type ProductOptions } from './build/product.js';
import { sum } from './build/reduce.js';
import { sizeOf } from './dims.js';
import { type Operation, operationName, type Value } from './graph.js';
import type { Attributes, Kind } from './kinds.js';
import { shrink, spread } from './spread.js';

/** Makes the gradient of one input, when it is wanted. */
export type Pull = () => Value;

/** What a rule sees of an operation. */
interface At<K extends Kind> {
  readonly inputs: readonly Value[];
  readonly attributes: Attributes[K];
  /** The first result. */
  readonly y: Value;
  /** Its gradient; 1 along axes where it is constant. */
  readonly g: Value;
  /** Gradients of all results, in full; zeros where there is none. */
  full(): Value[];
}

/** From the gradient of the results to that of each input; undefined where none passes. */
type Rule<K extends Kind> = (at: At<K>) => readonly (Pull | undefined)[];

/** One rule for each kind; undefined: nothing passes. */
const RULES: { readonly [K in Kind]: Rule<K> | undefined } = {
  // of two, either of which may have been stretched
  add: ({ inputs: [a, b], y, g }) => [() => shrink(g, a, y.dims), () => shrink(g, b, y.dims)],
  sub: ({ inputs: [a, b], y, g }) => [() => shrink(g, a, y.dims), () => neg(shrink(g, b, y.dims))],
  mul: ({ inputs: [a, b], y, g }) => [() => shrink(mul(g, b), a, y.dims), () => shrink(mul(g, a), b, y.dims)],
  div: ({ inputs: [a, b], y, g }) => [
    () => shrink(div(g, b), a, y.dims),
    () => neg(div(shrink(mul(g, y), b, y.dims), b)),
  ],
  // of equals the first is taken
  minimum: ({ inputs: [a, b], y, g }) => [
    () => shrink(select(less(b, a), 0, g), a, y.dims),
    () => shrink(select(less(b, a), g, 0), b, y.dims),
  ],
  maximum: ({ inputs: [a, b], y, g }) => [
    () => shrink(select(less(a, b), 0, g), a, y.dims),
    () => shrink(select(less(a, b), g, 0), b, y.dims),
  ],
  select: ({ inputs: [condition, a, b], y, g }) => [
    undefined,
    () => shrink(select(condition, g, 0), a, y.dims),
    () => shrink(select(condition, 0, g), b, y.dims),
  ],
  // of one
  square: ({ inputs: [x], g }) => [() => mul(mul(g, 2), x)],
  sqrt: ({ y, g }) => [() => div(mul(g, 0.5), y)],
  rsqrt: ({ y, g }) => [() => rsqrtGrad(spread(g, y.dims), y)],
  exp: ({ y, g }) => [() => mul(g, y)],
  log: ({ inputs: [x], g }) => [() => div(g, x)],
  tanh: ({ y, g }) => [() => tanhGrad(spread(g, y.dims), y)],
  relu: ({ y, g }) => [() => reluGrad(spread(g, y.dims), y)],
  neg: ({ g }) => [() => neg(g)],
  // gradients of gradients
  reluGrad: ({ inputs: [, r], g }) => [() => reluGrad(spread(g, r.dims), r), undefined],
  rsqrtGrad: ({ inputs: [d, r], g }) => [
    () => rsqrtGrad(spread(g, r.dims), r),
    () => mul(mul(mul(g, -1.5), d), mul(r, r)),
  ],
  tanhGrad: ({ inputs: [d, r], g }) => [() => tanhGrad(spread(g, r.dims), r), () => mul(mul(mul(g, -2), d), r)],
  addAll: ({ inputs, g }) => inputs.map(() => () => g),
  // products
  matMul: at => productRule(matMul, at),
  batchMatMul: at => productRule(batchMatMul, at),
  // arrangement
  reshape: ({ inputs: [x], full }) => [() => reshape(full()[0], x.dims)],
  broadcastTo: ({ inputs: [x], y, g }) => [() => shrink(g, x, y.dims)],
  transpose: ({ attributes: { perm }, g }) => [() => transpose(g, inverse(perm))],
  slice: ({ inputs: [x], attributes: { begin }, full }) => [() => pad(full()[0], begin, x.dims)],
  pad: ({ inputs: [x], attributes: { before }, full }) => [() => slice(full()[0], before, x.dims)],
  concat: ({ inputs, attributes: { axis }, full }) => {
    const sizes = inputs.map(({ dims }) => dims[axis]);
    return inputs.map((_, i) => () => split(full()[0], sizes, axis)[i]);
  },
  split: ({ attributes: { axis }, full }) => [() => concat(full(), axis)],
  stack: ({ inputs, attributes: { axis }, full }) => inputs.map((_, i) => () => unstack(full()[0], axis)[i]),
  unstack: ({ attributes: { axis }, full }) => [() => stack(full(), axis)],
  // reductions
  sum: ({ inputs: [x], attributes: { axes }, g }) => [() => restore(g, axes, x)],
  mean: ({ inputs: [x], attributes: { axes }, y, g }) => [
    () => mul(restore(g, axes, x), sizeOf(y.dims) / sizeOf(x.dims)),
  ],
  softmax: ({ y, g }) => [() => mul(y, sub(g, rowProducts(g, y)))],
  sparseCrossEntropy: ({ y, g }) => [() => mul(y.op.outputs[1], reshape(g, [...g.dims, 1])), undefined],
  // by index
  gather: ({ inputs: [table, ids], full }) => [
    () => segmentSum(reshape(full()[0], [-1, ...table.dims.slice(1)]), reshape(ids, [-1]), table.dims[0]),
    undefined,
  ],
  segmentSum: ({ inputs: [, ids], full }) => [() => gather(full()[0], ids), undefined],
  // nothing passes
  placeholder: undefined,
  constant: undefined,
  readVariable: undefined,
  randomUniform: undefined,
  randomMask: undefined,
  assign: undefined,
  assignAdd: undefined,
  applyAdam: undefined,
  equal: undefined,
  notEqual: undefined,
  less: undefined,
  cast: undefined,
  stopGradient: undefined,
  argMax: undefined,
  oneHot: undefined,
};

/**
 * A product a^T b of more rows than this many times its columns is made as b^T a and then transposed: oneDNN takes 70 % of
 * the time for 128 rows and 1024 columns that it takes for 1024 and 128, at an inner dim of 4096.
 */
const TALL = 2;

/**
 * c = a b has da = dc b^T and db = a^T dc; a transposed input has the transposed gradient, and every transpose is folded
 * into a flag.
 */
function productRule(
  product: (a: Value, b: Value, options: ProductOptions) => Value,
  { inputs: [a, b], attributes: { transposeA, transposeB, precision }, full }: At<'matMul' | 'batchMatMul'>,
): Pull[] {
  const times = (left: Value, right: Value, flipLeft: boolean, flipRight: boolean) => {
    const [rows, columns] = [left.dims.at(flipLeft ? -1 : -2)!, right.dims.at(flipRight ? -2 : -1)!];
    if (product === matMul && flipLeft && !flipRight && rows > TALL * columns)
      return transpose(matMul(right, left, { transposeA: true, precision }));
    return product(left, right, { transposeA: flipLeft, transposeB: flipRight, precision });
  };
  return [
    () => (transposeA ? times(b, full()[0], transposeB, true) : times(full()[0], b, false, !transposeB)),
    () => (transposeB ? times(full()[0], a, true, transposeA) : times(a, full()[0], !transposeA, false)),
  ];
}

/**
 * The sum of g y along the last axis. Where g = d v^T is the gradient of y v alone, as in attention, it is that of
 * d (y v), which is much smaller: y v is there already.
 */
function rowProducts(g: Value, y: Value): Value {
  const { kind, inputs, attributes } = g.op;
  const { transposeA, transposeB, precision } = attributes as Attributes['batchMatMul'];
  const [d, v] = inputs;
  const attends = kind === 'batchMatMul' && !transposeA && transposeB && v.dims.at(-1)! < y.dims.at(-1)!;
  const terms = attends ? mul(d, batchMatMul(y, v, { precision })) : mul(g, y);
  return sum(terms, [-1], { keepDims: true });
}

const inverse = (perm: readonly number[]) => perm.map((_, i) => perm.indexOf(i));

/** The gradient of a reduction, with the reduced axes back as 1. */
function restore(gradient: Value, axes: readonly number[], x: Value): Value {
  const sizes = gradient.dims.values();
  const keeps = gradient.dims.length === x.dims.length;
  return keeps
    ? gradient
    : reshape(
        gradient,
        x.dims.map((_, i) => (axes.includes(i) ? 1 : sizes.next().value!)),
      );
}

/** Whether gradients pass operations of a kind. */
export const passes = (kind: Kind) => RULES[kind] !== undefined;

/** The gradients of an operation's inputs from those of its results. */
export function pullsOf<K extends Kind>(
  op: Operation<K>,
  results: readonly (Value | undefined)[],
): readonly (Pull | undefined)[] {
  const { kind, inputs, attributes, outputs } = op;
  const rule: Rule<K> | undefined = RULES[kind];
  if (!rule) return [];
  const zeros = ({ graph, dims }: Value) => constant(graph, 0, dims);
  const g = results[0] ?? zeros(outputs[0]);
  if (kind === 'sparseCrossEntropy' && results[1]) fail(`${operationName(op)} must be asked for its loss alone`);
  const full = () => outputs.map((output, i) => spread(results[i] ?? zeros(output), output.dims));
  return rule({ inputs, attributes, y: outputs[0], g, full });
}

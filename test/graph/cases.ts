import type { Tensor } from '@tensorflow/tfjs-core';
import { createRandom } from '../../src/base/index.js';
import { reluGrad, rsqrtGrad, tanhGrad } from '../../src/graph/build/element-wise.js';
import * as g from '../../src/graph/index.js';
import type { Tf } from '../trainer/with-tensorflow.js';

/** How an input is drawn: normal; positive and away from 0; 0 or 1; or whole numbers below the number given. */
type Draw = 'normal' | 'positive' | 'bool' | number;

interface Input {
  readonly dims: readonly number[];
  readonly draw: Draw;
}

/** One operation in both worlds: on our graph, and as TensorFlow.js says it. Dims are small, odd and differ. */
export interface Case {
  readonly title: string;
  readonly inputs: readonly Input[];
  readonly build: (...inputs: g.Value[]) => g.Value;
  readonly tape: (tf: Tf, ...inputs: Tensor[]) => Tensor;
}

const normal = (...dims: number[]): Input => ({ dims, draw: 'normal' });
const positive = (...dims: number[]): Input => ({ dims, draw: 'positive' });
const bool = (...dims: number[]): Input => ({ dims, draw: 'bool' });
const below = (limit: number, ...dims: number[]): Input => ({ dims, draw: limit });

const BINARY = { add: g.add, sub: g.sub, mul: g.mul, div: g.div, minimum: g.minimum, maximum: g.maximum };
const pairs = (op: keyof typeof BINARY): Case[] =>
  [
    [normal(5, 3), positive(5, 3)],
    [normal(5, 3), positive(3)],
    [normal(5, 1), positive(5, 3)],
    [normal(7, 1), positive(1, 3)],
    [normal(), positive(2, 3)],
  ].map(inputs => ({
    title: `${op} of ${inputs.map(({ dims }) => `[${dims}]`).join(' and ')}`,
    inputs,
    build: (a, b) => BINARY[op](a, b),
    // its tape cannot stretch minimum and maximum
    tape: (tf, a, b) => tf[op](tf.add(a, tf.zerosLike(b)), tf.add(b, tf.zerosLike(a))),
  }));

const UNARY = { square: g.square, exp: g.exp, tanh: g.tanh, relu: g.relu, neg: g.neg, softmax: g.softmax };
const ROOTS = { sqrt: g.sqrt, rsqrt: g.rsqrt, log: g.log };
const singles = (ops: Partial<typeof UNARY & typeof ROOTS>, input: Input): Case[] =>
  Object.entries(ops).map(([op, build]) => ({
    title: op,
    inputs: [input],
    build,
    tape: (tf, x) => tf[op as keyof typeof ops](x),
  }));

const product = (leading: readonly number[], transposeA: boolean, transposeB: boolean): Case => ({
  title: `${leading.length ? 'batchMatMul' : 'matMul'} of ${transposeA ? 'a^T' : 'a'} and ${transposeB ? 'b^T' : 'b'}`,
  inputs: [
    normal(...leading, ...(transposeA ? [7, 5] : [5, 7])),
    normal(...leading, ...(transposeB ? [3, 7] : [7, 3])),
  ],
  build: (a, b) => (leading.length ? g.batchMatMul : g.matMul)(a, b, { transposeA, transposeB }),
  tape: (tf, a, b) => tf.matMul(a, b, transposeA, transposeB),
});

const FLAGS = [false, true].flatMap(a => [false, true].map(b => [a, b] as const));

const ARRANGEMENTS: readonly Case[] = [
  {
    title: 'reshape',
    inputs: [normal(5, 6)],
    build: x => g.square(g.reshape(x, [3, -1])),
    tape: (tf, x) => tf.square(tf.reshape(x, [3, -1])),
  },
  {
    title: 'broadcastTo',
    inputs: [normal(5, 1)],
    build: x => g.broadcastTo(x, [2, 5, 3]),
    tape: (tf, x) => tf.broadcastTo(x, [2, 5, 3]),
  },
  {
    title: 'transpose',
    inputs: [normal(2, 3, 5, 7)],
    build: x => g.transpose(x, [2, 0, 3, 1]),
    tape: (tf, x) => tf.transpose(x, [2, 0, 3, 1]),
  },
  {
    title: 'slice',
    inputs: [normal(5, 7)],
    build: x => g.slice(x, [1, 2], [3, -1]),
    tape: (tf, x) => tf.slice(x, [1, 2], [3, -1]),
  },
  {
    title: 'pad',
    inputs: [normal(3, 2)],
    build: x => g.pad(x, [1, 0], [5, 7]),
    tape: (tf, x) =>
      tf.pad(x, [
        [1, 1],
        [0, 5],
      ]),
  },
  {
    title: 'concat',
    inputs: [normal(3, 2), normal(3, 5), normal(3, 1)],
    build: (...xs) => g.concat(xs, 1),
    tape: (tf, ...xs) => tf.concat(xs, 1),
  },
  {
    title: 'split, one piece of it unused',
    inputs: [normal(3, 8)],
    build: x => g.mul(g.split(x, [2, 3, 2, 1], 1)[0], g.split(x, [2, 3, 2, 1], 1)[2]),
    tape: (tf, x) => tf.mul(tf.split(x, [2, 3, 2, 1], 1)[0], tf.split(x, [2, 3, 2, 1], 1)[2]),
  },
  {
    title: 'stack',
    inputs: [normal(3, 2), normal(3, 2), normal(3, 2)],
    build: (...xs) => g.stack(xs, 1),
    tape: (tf, ...xs) => tf.stack(xs, 1),
  },
  {
    title: 'unstack, one piece of it unused',
    inputs: [normal(3, 5, 2)],
    build: x => g.mul(g.unstack(x)[0], g.unstack(x)[2]),
    tape: (tf, x) => tf.mul(tf.unstack(x)[0], tf.unstack(x)[2]),
  },
];

const REDUCE = { sum: g.sum, mean: g.mean };
const REDUCTIONS: readonly Case[] = (['sum', 'mean'] as const).flatMap(op => [
  {
    title: `${op} over an axis`,
    inputs: [normal(3, 5, 2)],
    build: (x: g.Value) => g.square(REDUCE[op](x, [1])),
    tape: (tf: Tf, x: Tensor) => tf.square(tf[op](x, 1)),
  },
  {
    title: `${op} that keeps its dims`,
    inputs: [normal(3, 5, 2)],
    build: (x: g.Value) => g.mul(REDUCE[op](x, [0, -1], { keepDims: true }), x),
    tape: (tf: Tf, x: Tensor) => tf.mul(tf[op](x, [0, 2], true), x),
  },
  {
    title: `${op} over all`,
    inputs: [normal(3, 5)],
    build: (x: g.Value) => g.square(REDUCE[op](x)),
    tape: (tf: Tf, x: Tensor) => tf.square(tf[op](x)),
  },
]);

const LOOKUPS: readonly Case[] = [
  {
    title: 'gather',
    inputs: [normal(5, 3), below(5, 2, 7)],
    build: (table, ids) => g.gather(table, ids),
    tape: (tf, table, ids) => tf.gather(table, ids),
  },
  {
    title: 'segmentSum',
    inputs: [normal(7, 3), below(5, 7)],
    build: (x, ids) => g.square(g.segmentSum(x, ids, 5)),
    tape: (tf, x, ids) => tf.square(tf.unsortedSegmentSum(x, ids as never, 5)),
  },
  {
    title: 'sparseCrossEntropy',
    inputs: [normal(7, 5), below(5, 7)],
    build: (logits, labels) => g.sparseCrossEntropy(logits, labels),
    tape: (tf, logits, labels) => tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(labels, 5)), -1)),
  },
  {
    title: 'select, stretched',
    inputs: [bool(5, 1), normal(5, 3), normal(3)],
    build: (condition, a, b) => g.select(condition, a, b),
    tape: (tf, condition, a, b) => tf.where(condition, a, b),
  },
  {
    title: 'addAll of one value twice',
    inputs: [normal(5, 3), normal(5, 3)],
    build: (a, b) => g.addAll([a, b, a]),
    tape: (tf, a, b) => tf.addN([a, b, a]),
  },
];

const COMPOSITES: readonly Case[] = [
  {
    title: 'a root-mean-square norm with its gain',
    inputs: [normal(5, 7), normal(7)],
    build: (x, gain) => {
      const meanSquare = g.mean(g.square(x), [1], { keepDims: true });
      return g.mul(g.mul(x, g.rsqrt(g.add(meanSquare, 0.01))), gain);
    },
    tape: (tf, x, gain) => tf.mul(tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), 1, true), 0.01))), gain),
  },
  {
    title: 'attention with a bias for all of the batch',
    inputs: [normal(2, 3, 5, 7), normal(2, 3, 4, 7), normal(1, 3, 5, 4)],
    build: (q, k, bias) => g.batchMatMul(g.softmax(g.add(g.batchMatMul(q, k, { transposeB: true }), bias)), k),
    tape: (tf, q, k, bias) => tf.matMul(tf.softmax(tf.add(tf.matMul(q, k, false, true), bias)), k),
  },
  {
    title: 'attention to more keys than a head is wide',
    inputs: [normal(2, 3, 5, 2), normal(2, 3, 7, 2), normal(2, 3, 7, 2)],
    build: (q, k, v) => g.batchMatMul(g.softmax(g.batchMatMul(q, k, { transposeB: true })), v),
    tape: (tf, q, k, v) => tf.matMul(tf.softmax(tf.matMul(q, k, false, true)), v),
  },
  {
    title: 'a value used three times',
    inputs: [normal(5, 3)],
    build: x => g.add(g.mul(x, g.exp(x)), g.sum(x, [0], { keepDims: true })),
    tape: (tf, x) => tf.add(tf.mul(x, tf.exp(x)), tf.sum(x, 0, true)),
  },
];

const BACKWARD: readonly Case[] = [
  {
    title: 'reluGrad',
    inputs: [normal(5, 3), positive(5, 3)],
    build: (d, r) => reluGrad(d, r),
    tape: (tf, d, r) => tf.mul(d, tf.step(r)),
  },
  {
    title: 'tanhGrad',
    inputs: [normal(5, 3), normal(5, 3)],
    build: (d, r) => tanhGrad(d, r),
    tape: (tf, d, r) => tf.mul(d, tf.sub(1, tf.square(r))),
  },
  {
    title: 'rsqrtGrad',
    inputs: [normal(5, 3), positive(5, 3)],
    build: (d, r) => rsqrtGrad(d, r),
    tape: (tf, d, r) => tf.mul(tf.mul(d, -0.5), tf.mul(tf.square(r), r)),
  },
];

/** Operations that have a gradient. */
export const SMOOTH: readonly Case[] = [
  ...(Object.keys(BINARY) as (keyof typeof BINARY)[]).flatMap(pairs),
  ...singles(UNARY, normal(5, 7)),
  ...singles(ROOTS, positive(5, 7)),
  ...FLAGS.flatMap(([a, b]) => [product([], a, b), product([2, 3], a, b)]),
  ...ARRANGEMENTS,
  ...REDUCTIONS,
  ...LOOKUPS,
  ...COMPOSITES,
  ...BACKWARD,
];

const COMPARE = { equal: g.equal, notEqual: g.notEqual, less: g.less };
const compared = (op: keyof typeof COMPARE, dims: readonly number[]): Case => ({
  title: `${op} of whole numbers`,
  inputs: [below(3, 5, 7), below(3, ...dims)],
  build: (a, b) => g.cast(COMPARE[op](a, b), 'float32'),
  tape: (tf, a, b) => tf.cast(tf[op](a, b), 'float32'),
});

/** Operations that have none. */
export const STEPPED: readonly Case[] = [
  compared('equal', [7]),
  compared('notEqual', [5, 1]),
  compared('less', [5, 7]),
  {
    title: 'whole numbers: add, sub, mul, minimum, maximum, square, neg, sum and addAll',
    inputs: [below(9, 5, 3), below(9, 3)],
    build: (a, b) => {
      const mixed = g.addAll([g.mul(a, b), g.maximum(a, b), g.square(g.sub(a, b)), g.neg(g.minimum(a, 4))]);
      return g.sum(mixed, [0]);
    },
    tape: (tf, a, b) => {
      const whole = (x: number) => tf.scalar(x, 'int32');
      const terms = [tf.mul(a, b), tf.maximum(a, b), tf.square(tf.sub(a, b)), tf.neg(tf.minimum(a, whole(4)))];
      return tf.sum(tf.addN(terms), 0);
    },
  },
  {
    title: 'cast of reals cuts towards 0',
    inputs: [normal(5, 7)],
    build: x => g.cast(g.mul(x, 3), 'int32'),
    tape: (tf, x) => tf.cast(tf.mul(x, 3), 'int32'),
  },
  {
    title: 'cast to bool and back',
    inputs: [below(3, 5, 7)],
    build: x => g.cast(g.cast(x, 'bool'), 'int32'),
    tape: (tf, x) => tf.cast(tf.cast(x, 'bool'), 'int32'),
  },
  { title: 'argMax', inputs: [normal(5, 7)], build: x => g.argMax(x), tape: (tf, x) => tf.argMax(x, -1) },
  {
    title: 'oneHot',
    inputs: [below(5, 2, 3)],
    build: ids => g.oneHot(ids, 5),
    tape: (tf, ids) => tf.oneHot(ids, 5, 1, 0, 'float32'),
  },
  {
    title: 'constants, filled and whole',
    inputs: [normal(2, 3)],
    build: x => g.add(g.add(x, g.constant(x.graph, 0.5, [2, 3])), g.constant(x.graph, Float32Array.of(1, 2, 3))),
    tape: (tf, x) => tf.add(x, tf.tensor([1.5, 2.5, 3.5])),
  },
];

/** The inputs of a case, from a seed. */
export function drawInputs({ inputs }: Case, seed: number): g.TypedArray[] {
  const random = createRandom(seed);
  return inputs.map(({ dims, draw }) => {
    const length = dims.reduce((size, dim) => size * dim, 1);
    if (draw === 'bool') return Uint8Array.from({ length }, () => random.integer(2));
    if (typeof draw === 'number') return Int32Array.from({ length }, () => random.integer(draw));
    return Float32Array.from({ length }, () => (draw === 'normal' ? random.normal() : 0.5 + random.uniform()));
  });
}

export const dtypeOf = ({ draw }: Input): g.DataType => {
  if (draw === 'bool') return 'bool';
  return typeof draw === 'number' ? 'int32' : 'float32';
};

/** The case as a graph with placeholders x0, x1, ... and output y; with real inputs, loss and gradients d0, d1, ... too. */
export function buildCase({ inputs, build }: Case, weights?: (size: number) => Float32Array): g.Graph {
  const graph = g.createGraph();
  const xs = inputs.map((input, i) => g.placeholder(graph, `x${i}`, input.dims, dtypeOf(input)));
  const y = build(...xs);
  g.output(graph, 'y', y);
  if (!weights) return graph;
  const size = y.dims.reduce((product, dim) => product * dim, 1);
  const loss = g.sum(g.mul(y, g.constant(graph, weights(size), y.dims)));
  g.output(graph, 'loss', loss);
  const reals = xs.filter(({ dtype }) => dtype === 'float32');
  g.gradients(loss, reals).forEach((gradient, i) => void g.output(graph, `d${i}`, gradient));
  return graph;
}

export const feedsOf = (inputs: readonly g.TypedArray[]) => Object.fromEntries(inputs.map((x, i) => [`x${i}`, x]));

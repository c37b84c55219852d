import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tensorflow } from './backend.js';
import { sizeOf } from './dims.js';
import type { Operation } from './graph.js';
import type { Kind } from './kinds.js';
import { statelessMask, statelessUniform } from './philox.js';

/** What a kernel may touch beside its inputs. */
export interface Context {
  readonly tf: Tensorflow;
  state(name: string): Tensor;
  change(name: string, value: Tensor): void;
}

/** The results of an operation; nothing of an effect. They are never the inputs themselves. */
type Kernel<K extends Kind> = (context: Context, inputs: readonly Tensor[], op: Operation<K>) => Tensor | Tensor[];

/** Inputs as they are, in order. */
const plain =
  (name: keyof Tensorflow): Kernel<Kind> =>
  ({ tf }, inputs) =>
    (tf[name] as (...inputs: readonly Tensor[]) => Tensor)(...inputs);

const product: Kernel<'matMul' | 'batchMatMul'> = ({ tf }, [a, b], { attributes }) => {
  const { transposeA, transposeB, precision } = attributes;
  if (precision === 'fp32') return tf.matMul(a, b, transposeA, transposeB);
  return roundToBfloat16(tf, tf.matMul(roundToBfloat16(tf, a), roundToBfloat16(tf, b), transposeA, transposeB));
};

/**
 * Rounds to the 8 bits of bfloat16, in float32: x c - (x c - x) with c = 2^16 + 1. Infinite from 2^111 up.
 * Source: Dekker 1971; Boldo 2006 on the rounding.
 */
function roundToBfloat16(tf: Tensorflow, x: Tensor): Tensor {
  const scaled = tf.mul(x, 2 ** 16 + 1);
  return tf.sub(scaled, tf.sub(scaled, x));
}

/** Every kind over TensorFlow.js, for the eager session. */
export const KERNELS: { readonly [K in Kind]: Kernel<K> } = {
  placeholder: () => [], // the session's
  constant: ({ tf }, _, { attributes: { values }, outputs: [{ dims, dtype }] }) =>
    values.length === sizeOf(dims) ? tf.tensor(values, [...dims], dtype) : tf.fill([...dims], values[0], dtype),
  readVariable: ({ tf, state }, _, { attributes: { name } }) => tf.clone(state(name)),
  randomUniform: ({ tf }, [seed], { outputs: [{ dims }] }) =>
    tf.tensor(statelessUniform(seed.dataSync(), sizeOf(dims)), [...dims]),
  randomMask: ({ tf }, [seed], { attributes: { threshold }, outputs: [{ dims }] }) =>
    tf.tensor(statelessMask(seed.dataSync(), sizeOf(dims), threshold), [...dims], 'bool'),
  assign: ({ tf, change }, [value], { attributes: { name } }) => {
    change(name, tf.clone(value));
    return [];
  },
  assignAdd: ({ tf, state, change }, [value], { attributes: { name } }) => {
    change(name, tf.add(state(name), value));
    return [];
  },
  applyAdam: (context, inputs, { attributes }) => {
    applyAdam(context, inputs, attributes);
    return [];
  },
  add: plain('add'),
  sub: plain('sub'),
  mul: plain('mul'),
  div: plain('div'),
  minimum: plain('minimum'),
  maximum: plain('maximum'),
  equal: plain('equal'),
  notEqual: plain('notEqual'),
  less: plain('less'),
  reluGrad: ({ tf }, [gradient, result]) => tf.mul(gradient, tf.step(result)),
  rsqrtGrad: ({ tf }, [gradient, result]) => tf.mul(tf.mul(gradient, -0.5), tf.mul(tf.square(result), result)),
  tanhGrad: ({ tf }, [gradient, result]) => tf.mul(gradient, tf.sub(1, tf.square(result))),
  square: plain('square'),
  sqrt: plain('sqrt'),
  rsqrt: plain('rsqrt'),
  exp: plain('exp'),
  log: plain('log'),
  tanh: plain('tanh'),
  relu: plain('relu'),
  neg: plain('neg'),
  cast: ({ tf }, [x], { outputs: [{ dtype }] }) => tf.cast(x, dtype),
  stopGradient: plain('clone'),
  select: plain('where'),
  addAll: ({ tf }, inputs) => tf.addN([...inputs]),
  matMul: product,
  batchMatMul: product,
  reshape: ({ tf }, [x], { outputs: [{ dims }] }) => tf.reshape(x, [...dims]),
  broadcastTo: ({ tf }, [x], { outputs: [{ dims }] }) => tf.broadcastTo(x, [...dims]),
  transpose: ({ tf }, [x], { attributes: { perm } }) => tf.transpose(x, [...perm]),
  slice: ({ tf }, [x], { attributes: { begin }, outputs: [{ dims }] }) => tf.slice(x, [...begin], [...dims]),
  pad: ({ tf }, [x], { attributes: { before }, outputs: [{ dims }] }) =>
    tf.pad(
      x,
      before.map((start, i) => [start, dims[i] - start - x.shape[i]]),
    ),
  concat: ({ tf }, inputs, { attributes: { axis } }) => tf.concat([...inputs], axis),
  split: ({ tf }, [x], { attributes: { axis }, outputs }) =>
    tf.split(
      x,
      outputs.map(({ dims }) => dims[axis]),
      axis,
    ),
  stack: ({ tf }, inputs, { attributes: { axis } }) => tf.stack([...inputs], axis),
  unstack: ({ tf }, [x], { attributes: { axis } }) => tf.unstack(x, axis),
  sum: ({ tf }, [x], { attributes: { axes, keepDims } }) => tf.sum(x, [...axes], keepDims),
  mean: ({ tf }, [x], { attributes: { axes, keepDims } }) => tf.mean(x, [...axes], keepDims),
  argMax: ({ tf }, [x], { attributes: { axis } }) => tf.argMax(x, axis),
  softmax: plain('softmax'),
  sparseCrossEntropy: ({ tf }, [logits, labels]) => {
    const logs = tf.logSoftmax(logits);
    const chosen = tf.oneHot(labels, logits.shape[1]!, 1, 0, 'float32');
    return [tf.neg(tf.sum(tf.mul(logs, chosen), -1)), tf.sub(tf.exp(logs), chosen)];
  },
  gather: plain('gather'),
  segmentSum: ({ tf }, [x, ids], { outputs: [{ dims }] }) =>
    tf.scatterND(tf.reshape(ids, [-1, 1]), x, [...dims] as never), // which adds what falls on one place
  oneHot: ({ tf }, [ids], { attributes: { depth } }) => tf.oneHot(ids, depth, 1, 0, 'float32'),
};

/** As TensorFlow's ResourceApplyAdam; see resourceApplyAdam. */
function applyAdam(
  { tf, state, change }: Context,
  [beta1Power, beta2Power, rate, beta1, beta2, epsilon, gradient]: readonly Tensor[],
  { name, first, second }: Operation<'applyAdam'>['attributes'],
): void {
  const towards = (mean: Tensor, value: Tensor, beta: Tensor) =>
    tf.add(mean, tf.mul(tf.sub(value, mean), tf.sub(1, beta)));
  const m = towards(state(first), gradient, beta1);
  const v = towards(state(second), tf.square(gradient), beta2);
  const corrected = tf.mul(rate, tf.div(tf.sqrt(tf.sub(1, beta2Power)), tf.sub(1, beta1Power)));
  const step = tf.div(tf.mul(corrected, m), tf.add(tf.sqrt(v), epsilon));
  change(name, tf.sub(state(name), step));
  change(first, m);
  change(second, v);
}

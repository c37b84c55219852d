import * as tf from '@tensorflow/tfjs-node';
import { innerWidth, type Shape } from '../../src/shape/index.js';
import { type Batch, decoderInputs } from '../../src/trainer/batch.js';
import { bucketMatrix } from '../../src/trainer/buckets.js';
import { paramTensors } from '../../src/trainer/params.js';
import { PAD } from '../../src/trainer/tokenizer.js';

// T5 (Raffel et al. 2020) as plain tensor operations; the tape of TensorFlow.js finds the gradient.
// Dimensions: B batch, L length (Lq queries, Lk keys), H heads, K d_kv, D d_model, F d_ff, V vocabulary.
// States are matrices of B * L rows, so that a linear layer is one product.

/** What the flat vector of all parameters, [P], makes of a batch. */
export interface Model {
  /** [P] -> [B * L, V] */
  logits(params: tf.Tensor, batch: Batch): tf.Tensor2D;
  /** Mean over the targets that are not padding, nats. [P] -> [] */
  loss(params: tf.Tensor, batch: Batch): tf.Scalar;
}

const MASKED = -1e9;
const NORM_EPSILON = 1e-6;

export function createModel(shape: Shape): Model {
  const layout = paramTensors(shape);
  const sizes = layout.map(({ from, to }) => to - from);
  const buckets = { encoder: remember(length => bucketMatrix(length, true)), decoder: remember(causalBuckets) };
  const logits = (params: tf.Tensor, batch: Batch) => {
    const parts = tf.split(params, sizes);
    const weights = new Map(layout.map(({ name, dims }, i) => [name, tf.reshape(parts[i], [...dims])]));
    return forward({ shape, size: batch.size, buckets, weight: name => weights.get(`${name}.weight`)! }, batch);
  };
  return {
    logits: (params, batch) => tf.tidy(() => logits(params, batch)),
    loss: (params, batch) => tf.tidy(() => crossEntropy(logits(params, batch), batch)),
  };
}

const causalBuckets = (length: number) => bucketMatrix(length, false);

/** Runs have one length or two, and the buckets of a length are many logarithms. */
function remember<V>(make: (length: number) => V): (length: number) => V {
  const made = new Map<number, V>();
  return length => {
    const value = made.get(length) ?? make(length);
    made.set(length, value);
    return value;
  };
}

type Stack = 'encoder' | 'decoder';

interface Net {
  readonly shape: Shape;
  readonly size: number;
  readonly buckets: Readonly<Record<Stack, (length: number) => Int32Array>>;
  weight(name: string): tf.Tensor;
}

/** What an attention looks at: states [B * Lk, D], and a bias of its scores that broadcasts to [B, H, Lq, Lk]. */
interface Sight {
  readonly states: tf.Tensor;
  readonly bias: tf.Tensor | undefined;
}

function forward(net: Net, batch: Batch): tf.Tensor2D {
  const padding = paddingMask(batch);
  const encoderBias = plus(relativeBias(net, 'encoder', batch.encLen), padding);
  const encoded = encoder(net, embed(net, batch.encoder), encoderBias);
  const decoderBias = tf.add(relativeBias(net, 'decoder', batch.decLen), causalMask(batch.decLen));
  const decoded = decoder(net, embed(net, decoderInputs(batch)), decoderBias, { states: encoded, bias: padding });
  const { tie_word_embeddings, d_model } = net.shape;
  // the embeddings start at 1: as a head they are scaled down
  if (tie_word_embeddings) return linear(tf.mul(decoded, d_model ** -0.5), net.weight('shared'));
  return linear(decoded, net.weight('lm_head')); // [B * L, D] x [V, D] -> [B * L, V]
}

function encoder(net: Net, embedded: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  let states = embedded;
  for (let block = 0; block < net.shape.num_layers; block++) {
    const layer = `encoder.block.${block}.layer`;
    const normed = norm(net, `${layer}.0.layer_norm`, states);
    states = tf.add(states, attend(net, `${layer}.0.SelfAttention`, normed, { states: normed, bias }));
    states = tf.add(states, feedForward(net, `${layer}.1`, states));
  }
  return norm(net, 'encoder.final_layer_norm', states);
}

function decoder(net: Net, embedded: tf.Tensor, bias: tf.Tensor, encoded: Sight): tf.Tensor {
  let states = embedded;
  for (let block = 0; block < net.shape.num_decoder_layers; block++) {
    const layer = `decoder.block.${block}.layer`;
    const normed = norm(net, `${layer}.0.layer_norm`, states);
    states = tf.add(states, attend(net, `${layer}.0.SelfAttention`, normed, { states: normed, bias }));
    const crossing = norm(net, `${layer}.1.layer_norm`, states);
    states = tf.add(states, attend(net, `${layer}.1.EncDecAttention`, crossing, encoded));
    states = tf.add(states, feedForward(net, `${layer}.2`, states));
  }
  return norm(net, 'decoder.final_layer_norm', states);
}

/** [V, D] -> [B * L, D] */
const embed = (net: Net, ids: Int32Array) => tf.gather(net.weight('shared'), tf.tensor1d(ids, 'int32'));

/** T5 attention: no 1/sqrt(d_kv), which the initial q makes up for. [B * Lq, D] -> [B * Lq, D] */
function attend(net: Net, name: string, queries: tf.Tensor, { states, bias }: Sight): tf.Tensor {
  const { num_heads, d_kv } = net.shape;
  const heads = (x: tf.Tensor, weight: string) => {
    const projected = linear(x, net.weight(`${name}.${weight}`)); // [B * L, D] x [H * K, D] -> [B * L, H * K]
    return tf.transpose(tf.reshape(projected, [net.size, -1, num_heads, d_kv]), [0, 2, 1, 3]); // -> [B, H, L, K]
  };
  const scores = tf.matMul(heads(queries, 'q'), heads(states, 'k'), false, true); // -> [B, H, Lq, Lk]
  const mixed = tf.matMul(tf.softmax(plus(scores, bias)), heads(states, 'v')); // -> [B, H, Lq, K]
  const joined = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [-1, innerWidth(net.shape)]); // -> [B * Lq, H * K]
  return linear(joined, net.weight(`${name}.o`)); // x [D, H * K] -> [B * Lq, D]
}

/** A feed-forward layer with its norm. [B * L, D] -> [B * L, D] */
function feedForward(net: Net, layer: string, states: tf.Tensor): tf.Tensor {
  const normed = norm(net, `${layer}.layer_norm`, states);
  const dense = (x: tf.Tensor, weight: string) => linear(x, net.weight(`${layer}.DenseReluDense.${weight}`));
  if (net.shape.feed_forward_proj === 'relu') return dense(tf.relu(dense(normed, 'wi')), 'wo'); // through [B * L, F]
  return dense(tf.mul(gelu(dense(normed, 'wi_0')), dense(normed, 'wi_1')), 'wo');
}

/** [rows, in] x [out, in] -> [rows, out] */
const linear = (x: tf.Tensor, weight: tf.Tensor): tf.Tensor2D => tf.matMul(x as tf.Tensor2D, weight, false, true);

/** T5's norm divides by the root mean square: no mean is taken off and there is no bias. [rows, D] -> [rows, D] */
function norm(net: Net, name: string, x: tf.Tensor): tf.Tensor {
  const meanSquare = tf.mean(tf.square(x), -1, true); // [rows, D] -> [rows, 1]
  return tf.mul(tf.div(x, tf.sqrt(tf.add(meanSquare, NORM_EPSILON))), net.weight(name));
}

/** The tanh form, gelu_new in transformers. */
function gelu(x: tf.Tensor): tf.Tensor {
  const cubic = tf.add(x, tf.mul(tf.mul(tf.square(x), x), 0.044715));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(tf.mul(cubic, Math.sqrt(2 / Math.PI))), 1));
}

/** One table for all layers of a stack. [buckets, H] -> [1, H, Lq, Lk] */
function relativeBias(net: Net, stack: Stack, length: number): tf.Tensor {
  const table = net.weight(`${stack}.block.0.layer.0.SelfAttention.relative_attention_bias`);
  const pairs = tf.gather(table, tf.tensor1d(net.buckets[stack](length), 'int32')); // -> [Lq * Lk, H]
  return tf.reshape(tf.transpose(pairs), [1, net.shape.num_heads, length, length]);
}

/** A query may not look at later keys. -> [1, 1, Lq, Lk] */
function causalMask(length: number): tf.Tensor {
  const mask = new Float32Array(length * length);
  for (let query = 0; query < length; query++) mask.fill(MASKED, query * length + query + 1, (query + 1) * length);
  return tf.tensor4d(mask, [1, 1, length, length]);
}

/** Hides the padding of the encoder; nothing where there is none, as in pre-training. -> [B, 1, 1, Lk] */
function paddingMask({ encoder, size, encLen }: Batch): tf.Tensor | undefined {
  if (!encoder.includes(PAD)) return undefined;
  const mask = Float32Array.from(encoder, id => (id === PAD ? MASKED : 0));
  return tf.tensor4d(mask, [size, 1, 1, encLen]);
}

const plus = (x: tf.Tensor, bias: tf.Tensor | undefined) => (bias === undefined ? x : tf.add(x, bias));

/** [B * L, V] -> [] */
function crossEntropy(logits: tf.Tensor2D, { targets }: Batch): tf.Scalar {
  const counted = Float32Array.from(targets, id => (id === PAD ? 0 : 1));
  const chosen = tf.oneHot(tf.tensor1d(targets, 'int32'), logits.shape[1]);
  const weights = tf.mul(chosen, tf.tensor2d(counted, [counted.length, 1])); // [B * L, V]
  const total = counted.reduce((sum, one) => sum + one, 0);
  return tf.div(tf.sum(tf.mul(tf.logSoftmax(logits), weights)), -total);
}

import {
  add,
  batchMatMul,
  cast,
  constant,
  equal,
  type Graph,
  gather,
  mul,
  reshape,
  softmax,
  transpose,
  unstack,
  type Value,
} from '../../graph/index.js';
import { innerWidth } from '../../shape/index.js';
import { bucketMatrix } from '../buckets.js';
import { PAD } from '../tokenizer.js';
import { linear, type Net, normalize, project } from './layers.js';

/** Large enough to leave nothing after the softmax, small enough to be added twice. */
const MASKED = -1e9;

/** Rows of heads, [B, H, L, K] each. */
export interface Seen {
  readonly keys: Value;
  readonly values: Value;
  /** Of the scores: broadcasts to [B, H, Lq, Lk]. */
  readonly bias: Value | undefined;
}

/** Cuts `count` projections into heads. [B * L, count * H * K] -> count of [B, H, L, K] */
export function heads({ shape: { num_heads, d_kv }, batch }: Net, projected: Value, count: number): Value[] {
  const apart = reshape(projected, [batch, -1, count, num_heads, d_kv]); // -> [B, L, count, H, K]
  const outer = transpose(apart, [2, 0, 3, 1, 4]); // -> [count, B, H, L, K]
  return count === 1 ? [reshape(outer, outer.dims.slice(1))] : unstack(outer);
}

/** T5's attention: no 1/sqrt(d_kv), which the initial q makes up for. [B, H, Lq, K] -> [B * Lq, D] */
function attend(net: Net, name: string, queries: Value, { keys, values, bias }: Seen): Value {
  const { precision } = net;
  const scores = batchMatMul(queries, keys, { transposeB: true, precision }); // -> [B, H, Lq, Lk]
  const shares = net.dropout(softmax(bias === undefined ? scores : add(scores, bias)));
  const mixed = batchMatMul(shares, values, { precision }); // -> [B, H, Lq, K]
  const joined = reshape(transpose(mixed, [0, 2, 1, 3]), [-1, innerWidth(net.shape)]); // -> [B * Lq, H * K]
  return linear(net, joined, net.weights.matrix(`${name}.o`)); // x [D, H * K] -> [B * Lq, D]
}

/**
 * Self-attention with its norm. [B * L, D] -> [B * L, D]
 *
 * @param see makes of the new keys and values what is looked at
 */
export function selfAttention(
  net: Net,
  layer: string,
  states: Value,
  see: (keys: Value, values: Value) => Seen,
): Value {
  const name = `${layer}.SelfAttention`;
  const gain = net.weights.part(`${layer}.layer_norm`);
  const stacked = project(net, normalize(states), gain, net.weights.matrix(`${name}.qkv`)); // -> [B * L, 3 H * K]
  const [queries, keys, values] = heads(net, stacked, 3);
  return attend(net, name, queries, see(keys, values));
}

/** Attention to the encoder, with its norm. [B * L, D] -> [B * L, D] */
export function crossAttention(net: Net, layer: string, states: Value, seen: Seen): Value {
  const name = `${layer}.EncDecAttention`;
  const gain = net.weights.part(`${layer}.layer_norm`);
  const [queries] = heads(net, project(net, normalize(states), gain, net.weights.matrix(`${name}.q`)), 1);
  return attend(net, name, queries, seen);
}

export type Stack = 'encoder' | 'decoder';

/** Relative-position buckets of all pairs: int32 [Lq, Lk] */
export const allBuckets = (graph: Graph, stack: Stack, length: number): Value =>
  constant(graph, bucketMatrix(length, stack === 'encoder'), [length, length]);

/** One table for all layers of a stack. [buckets, H], int32 [Lq, Lk] -> [1, H, Lq, Lk] */
export function relativeBias({ weights }: Net, stack: Stack, buckets: Value): Value {
  const table = weights.part(`${stack}.block.0.layer.0.SelfAttention.relative_attention_bias`);
  const pairs = gather(table, buckets); // -> [Lq, Lk, H]
  const [queries, keys, count] = pairs.dims;
  return reshape(transpose(pairs, [2, 0, 1]), [1, count, queries, keys]);
}

/** A query may not look at later keys. -> [L, L] */
export function causalMask(graph: Graph, length: number): Value {
  const mask = new Float32Array(length * length);
  for (let query = 0; query < length; query++) mask.fill(MASKED, query * length + query + 1, (query + 1) * length);
  return constant(graph, mask, [length, length]);
}

/** Hides the padding of the encoder. int32 [B * L] -> [B, 1, 1, L] */
export const paddingMask = ({ batch }: Net, ids: Value): Value =>
  reshape(mul(cast(equal(ids, PAD), 'float32'), MASKED), [batch, 1, 1, -1]);

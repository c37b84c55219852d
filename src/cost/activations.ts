import { innerWidth, type Shape } from '../shape/index.js';
import type { MemoryOptions } from './memory.js';
import type { Workload } from './workload.js';

// What autograd keeps between the forward and the backward pass of transformers' T5, tensor by tensor.
// Notation: e bytes of an activation; a norm keeps its input, 1/rms, the normalised input and its output.

export const ACTIVATION_ITEMS = [
  'embedding',
  'encoder/norm',
  'encoder/attention',
  'encoder/mlp',
  'decoder/norm',
  'decoder/self_attention',
  'decoder/cross_attention',
  'decoder/mlp',
  'loss',
  'indices',
] as const;

const FP32 = 4;
const INT64 = 8;

/** Writes bytes, item by item as in ACTIVATION_ITEMS. */
export function fillActivations(
  shape: Shape,
  { batch, encLen: S, decLen: T }: Workload,
  { precision, attention, dropout }: Required<MemoryOptions>,
  out: Float64Array,
): void {
  const { num_layers, num_decoder_layers, d_model, d_ff, num_heads, vocab_size } = shape;
  const e = precision === 'fp32' ? FP32 : 2;
  const drops = dropout > 0;
  const flash = attention === 'flash';
  const source = batch * S;
  const target = batch * T;
  const inner = innerWidth(shape);
  const mask = drops ? e * d_model : 0; // of the dropout that ends each block

  const norm = e * 3 * d_model + FP32 + (precision === 'fp32' ? 0 : FP32 * d_model); // 1/rms is taken in fp32
  const mlp = e * d_ff * mlpTensors(shape, drops) + mask;
  /** Attention weights of one query over `keys` positions, and the mask of the block's dropout. */
  const weights = (keys: number) => num_heads * (flash ? FP32 : keys * weightBytes(e, drops)) + mask;
  /** A kernel that recomputes the weights keeps the bias, once for the stack. */
  const bias = (queries: number, keys: number) => (flash ? e * num_heads * queries * keys : 0);
  /** The fused call keeps the causal mask, one byte a pair, in every layer. */
  const causal = attention === 'fused' ? num_decoder_layers * T * T : 0;

  out[0] = (source + target) * mask;
  out[1] = source * ((2 * num_layers + 1) * norm + mask);
  out[2] = num_layers * source * (e * 4 * inner + weights(S)) + bias(S, S); // q, k, v, heads' output
  out[3] = num_layers * source * mlp;
  out[4] = target * ((3 * num_decoder_layers + 1) * norm + mask);
  out[5] = num_decoder_layers * target * (e * 4 * inner + weights(T)) + bias(T, T) + causal;
  out[6] = num_decoder_layers * (target * (e * 2 * inner + weights(S)) + source * e * 2 * inner) + bias(T, S);
  out[7] = num_decoder_layers * target * mlp;
  out[8] = FP32 * (target * vocab_size + 1); // log-probabilities and the sum of weights
  out[9] = INT64 * (S * S + T * T + source + 2 * target); // position buckets, token ids, labels
}

/** Tensors of width d_ff that a feed-forward keeps; gelu_new is a chain of six products and a tanh. */
function mlpTensors({ feed_forward_proj }: Shape, drops: boolean): number {
  if (feed_forward_proj === 'relu') return drops ? 3 : 1;
  return drops ? 8 : 7;
}

/** Bytes an attention weight takes: softmax in fp32, its cast where that differs, and dropout's mask and product. */
function weightBytes(e: number, drops: boolean): number {
  if (drops) return FP32 + 2 * e;
  return e === FP32 ? FP32 : FP32 + e;
}

import { checkShape, innerWidth, RELATIVE_BUCKETS, type Shape } from '../shape/index.js';
import { type Ledger, sum, sumOf, toLedger } from './ledger.js';

export const PARAM_ITEMS = [
  'embedding',
  'head',
  'encoder/attention',
  'encoder/mlp',
  'encoder/norm',
  'encoder/relative_bias',
  'decoder/self_attention',
  'decoder/cross_attention',
  'decoder/mlp',
  'decoder/norm',
  'decoder/relative_bias',
] as const;
export type ParamItem = (typeof PARAM_ITEMS)[number];

export interface ParamLedger extends Ledger<ParamItem> {
  /** Without the embedding matrix and, where untied, the head: Kaplan's N. */
  readonly nonEmbedding: number;
  readonly encoder: number;
  readonly decoder: number;
}

/** Matrices of the feed-forward: a gate adds one. */
export const mlpMatrices = ({ feed_forward_proj }: Pick<Shape, 'feed_forward_proj'>) =>
  feed_forward_proj === 'relu' ? 2 : 3;

/** Writes the items of PARAM_ITEMS. T5 has no biases; a norm is one gain vector; each stack ends in one more norm. */
export function fillParams(shape: Shape, out: Float64Array): void {
  const { num_layers, num_decoder_layers, d_model, d_ff, num_heads, vocab_size } = shape;
  const attention = 4 * d_model * innerWidth(shape); // q, k, v, out
  const mlp = mlpMatrices(shape) * d_model * d_ff;
  out[0] = vocab_size * d_model;
  out[1] = shape.tie_word_embeddings ? 0 : vocab_size * d_model;
  out[2] = num_layers * attention;
  out[3] = num_layers * mlp;
  out[4] = (2 * num_layers + 1) * d_model;
  out[5] = RELATIVE_BUCKETS * num_heads; // the stack's layers share one table
  out[6] = num_decoder_layers * attention;
  out[7] = num_decoder_layers * attention;
  out[8] = num_decoder_layers * mlp;
  out[9] = (3 * num_decoder_layers + 1) * d_model;
  out[10] = RELATIVE_BUCKETS * num_heads;
}

/**
 * Trainable parameters, exactly: what PyTorch counts in transformers' T5.
 * (transformers 5 ties every T5's embeddings; for untied shapes this counts the head that the checkpoints have.)
 *
 * @example countParams(preset('base')).total // => 222903552
 */
export function countParams(shape: Shape): ParamLedger {
  const values = new Float64Array(PARAM_ITEMS.length);
  fillParams(checkShape(shape), values);
  const ledger = toLedger(PARAM_ITEMS, values);
  return {
    ...ledger,
    nonEmbedding: sum(values.subarray(2)),
    encoder: sumOf(ledger.items, 'encoder/'),
    decoder: sumOf(ledger.items, 'decoder/'),
  };
}

import { checkShape, innerWidth, type Shape } from '../shape/index.js';
import { type Convention, checkConvention, toConvention } from './flops.js';
import { type Ledger, toLedger } from './ledger.js';
import { mlpMatrices } from './params.js';
import { checkCount } from './workload.js';

export interface Generation {
  /** Sequences generated at once. */
  readonly batch: number;
  /** Encoder tokens of a sequence. */
  readonly encLen: number;
  /** Tokens to generate for each sequence. */
  readonly tokens: number;
}

export const DECODE_ITEMS = [
  'embedding',
  'encoder',
  'decoder/cross_keys_values',
  'decoder/self_attention',
  'decoder/cross_attention',
  'decoder/mlp',
  'head',
] as const;
export type DecodeItem = (typeof DECODE_ITEMS)[number];

/** FLOPs and cache of greedy generation, of the whole batch. */
export interface DecodeLedger extends Ledger<DecodeItem> {
  readonly convention: Convention;
  readonly tokens: number;
  /** Keys and values of every decoder layer, own and cross, at the last token. */
  readonly cacheElements: number;
}

/**
 * Greedy generation with a cache: the encoder and the cross keys and values once, then token after token.
 * Equals PyTorch's counter on transformers' generate with use_cache.
 */
export function countDecode(
  shape: Shape,
  { batch, encLen: S, tokens: n }: Generation,
  convention: Convention = 'torch',
): DecodeLedger {
  const { num_layers, num_decoder_layers, d_model, d_ff, vocab_size } = checkShape(shape);
  checkCount('batch', batch);
  checkCount('enc_len', S);
  checkCount('decode_tokens', n);
  const inner = innerWidth(shape);
  const mlp = mlpMatrices(shape) * d_model * d_ff;
  const decoder = batch * num_decoder_layers;
  const pastKeys = (n * (n + 1)) / 2; // token t looks at t + 1 keys
  const values = Float64Array.of(
    batch * (S + n) * d_model * vocab_size,
    batch * num_layers * S * (4 * d_model * inner + 2 * S * inner + mlp),
    decoder * S * 2 * d_model * inner,
    decoder * (n * 4 * d_model * inner + pastKeys * 2 * inner),
    decoder * n * (2 * d_model * inner + 2 * S * inner),
    decoder * n * mlp,
    batch * n * d_model * vocab_size,
  );
  toConvention(values, checkConvention(convention));
  const cacheElements = decoder * 2 * inner * (n + S);
  return { ...toLedger(DECODE_ITEMS, values), convention, tokens: n, cacheElements };
}

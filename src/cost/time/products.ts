import { innerWidth, type Shape } from '../../shape/index.js';
import { mlpMatrices } from '../params.js';
import type { Workload } from '../workload.js';

// The matrix products of a training step, from the same formulas as the FLOP ledger. A product [m, k] x [k, n] -> [m, n]
// of the forward pass has two in the backward pass: [m, n] x [n, k] for the input and [k, m] x [m, n] for the weight. They
// are the same three sizes in another order, so that one row stands for all three.

/** Rows of the list, in its order. Queries, keys and values of a layer are one product, as frameworks stack them. */
export const PRODUCT_NAMES = [
  'encoder/attention/qkv',
  'encoder/attention/scores',
  'encoder/attention/mix',
  'encoder/attention/out',
  'encoder/mlp/in',
  'encoder/mlp/out',
  'decoder/self_attention/qkv',
  'decoder/self_attention/scores',
  'decoder/self_attention/mix',
  'decoder/self_attention/out',
  'decoder/cross_attention/q',
  'decoder/cross_attention/kv',
  'decoder/cross_attention/scores',
  'decoder/cross_attention/mix',
  'decoder/cross_attention/out',
  'decoder/mlp/in',
  'decoder/mlp/out',
  'head',
] as const;
export type ProductName = (typeof PRODUCT_NAMES)[number];

/** One row: m, n, k, products in one call, calls, and 1 where a fused kernel keeps the result to itself. */
export const PRODUCT_FIELDS = 6;

export const createProducts = () => new Float64Array(PRODUCT_NAMES.length * PRODUCT_FIELDS);

/** How a step's products are spread: each device has 1 / tensor of every one. */
export interface ProductOptions {
  readonly tensor?: number;
  /** Attention in one kernel, whose weights never reach memory. */
  readonly fused?: boolean;
}

/** Writes the forward products of a batch, in the order of PRODUCT_NAMES. */
export function fillProducts(
  shape: Shape,
  { batch, encLen: S, decLen: T }: Workload,
  { tensor = 1, fused = false }: ProductOptions,
  out: Float64Array,
): void {
  const { num_layers: E, num_decoder_layers: D, d_model, vocab_size } = shape;
  const inner = innerWidth(shape) / tensor;
  const ff = shape.d_ff / tensor;
  const [source, target] = [batch * S, batch * T];
  const gates = mlpMatrices(shape) - 1; // matrices before the activation
  const heads = { together: (batch * shape.num_heads) / tensor, width: shape.d_kv, fused: fused ? 1 : 0 };
  putProduct(out, 0, source, 3 * inner, d_model, E);
  putAttention(out, 1, S, S, E, heads);
  putProduct(out, 3, source, d_model, inner, E);
  putProduct(out, 4, source, gates * ff, d_model, E);
  putProduct(out, 5, source, d_model, ff, E);
  putProduct(out, 6, target, 3 * inner, d_model, D);
  putAttention(out, 7, T, T, D, heads);
  putProduct(out, 9, target, d_model, inner, D);
  putProduct(out, 10, target, inner, d_model, D);
  putProduct(out, 11, source, 2 * inner, d_model, D);
  putAttention(out, 12, T, S, D, heads);
  putProduct(out, 14, target, d_model, inner, D);
  putProduct(out, 15, target, gates * ff, d_model, D);
  putProduct(out, 16, target, d_model, ff, D);
  putProduct(out, 17, target, vocab_size / tensor, d_model, 1);
}

/** One product a call. Positional, as a million shapes pass here. */
function putProduct(out: Float64Array, row: number, m: number, n: number, k: number, calls: number): void {
  const at = row * PRODUCT_FIELDS;
  out[at] = m;
  out[at + 1] = n;
  out[at + 2] = k;
  out[at + 3] = 1;
  out[at + 4] = calls;
  out[at + 5] = 0;
}

interface Heads {
  /** Products of a call: heads of all sequences. */
  readonly together: number;
  readonly width: number;
  readonly fused: number;
}

/** Scores, and what they mix: two rows. */
function putAttention(
  out: Float64Array,
  row: number,
  queries: number,
  keys: number,
  calls: number,
  { together, width, fused }: Heads,
): void {
  putProduct(out, row, queries, keys, width, calls);
  putProduct(out, row + 1, queries, width, keys, calls);
  const at = row * PRODUCT_FIELDS;
  out[at + 3] = together;
  out[at + 5] = fused;
  out[at + PRODUCT_FIELDS + 3] = together;
  out[at + PRODUCT_FIELDS + 5] = fused;
}

/** One matrix product of a training step, as a person reads it. */
export interface Product {
  readonly name: ProductName;
  readonly pass: 'forward' | 'input' | 'weight';
  /** [m, k] x [k, n] -> [m, n] */
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Products of one call: one for each head of each sequence in attention, else 1. */
  readonly together: number;
  /** Calls in a step: layers. */
  readonly calls: number;
  /** Of all of them, 2 a multiply-add. */
  readonly flops: number;
}

/**
 * Every matrix product of a training step on one device, forward and backward. Their FLOPs add up to countFlops' trainStep.
 *
 * @example listProducts(preset('tiny'), ONE_SEQUENCE)[0] // => encoder/attention/qkv, forward, 512 x 768 x 256, 4 calls
 */
export function listProducts(shape: Shape, workload: Workload): Product[] {
  const rows = createProducts();
  fillProducts(shape, workload, {}, rows);
  return PRODUCT_NAMES.flatMap((name, i): Product[] => {
    const [m, n, k, together, calls] = rows.subarray(i * PRODUCT_FIELDS);
    const flops = 2 * m * n * k * together * calls;
    const row = { name, together, calls, flops };
    return [
      { ...row, pass: 'forward', m, n, k },
      { ...row, pass: 'input', m, n: k, k: n },
      { ...row, pass: 'weight', m: k, n, k: m },
    ];
  });
}

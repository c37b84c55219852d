import { fail } from '../../base/index.js';
import { checkShape, type Shape } from '../../shape/index.js';
import type { Generation } from '../decode.js';
import { type Layout, parseLayout } from '../layout.js';
import { type Ledger, toLedger } from '../ledger.js';
import { type MemoryOptions, parseMemoryOptions } from '../memory.js';
import { checkCount } from '../workload.js';
import { linkOf, ringAllReduce } from './exchange.js';
import { createProducts, fillProducts, PRODUCT_FIELDS, PRODUCT_NAMES, type ProductName } from './products.js';
import { type Rates, ratesOf } from './rates.js';
import { checkLinks, secondsOfProduct, type TimeOptions } from './step.js';
import { KERNELS, MEETINGS } from './work.js';

/** What generating a batch takes. */
export const GENERATION_ITEMS = ['encoder', 'weights', 'cache', 'overhead', 'tensor_parallel'] as const;
export type GenerationItem = (typeof GENERATION_ITEMS)[number];

export interface GenerationTime extends Ledger<GenerationItem> {
  /** Of the whole batch, from its first encoder token to its last decoder token. */
  readonly seconds: number;
  /** Of all sequences together. */
  readonly tokensPerSecond: number;
  readonly range: readonly [low: number, high: number];
}

const FLASH = false;
const FORWARD = 1 / 3; // of a training step's kernels and passes through memory

/**
 * Time of greedy generation with a cache: the encoder and the cross keys and values once, then token after token. A step
 * has one row a sequence in every product, so it waits for the weights, and the cache, to come out of memory; with many
 * sequences at once it waits for the multiplications. The cache is taken at its mean length.
 *
 * @param options the layout's `tensor` divides every product; its other fields are not used
 */
export function estimateGenerationTime(shape: Shape, generation: Generation, options: TimeOptions): GenerationTime {
  const { batch, encLen, tokens } = generation;
  checkShape(shape);
  for (const [name, value] of Object.entries({ batch, enc_len: encLen, decode_tokens: tokens }))
    checkCount(name, value);
  const { precision } = parseMemoryOptions(pickMemory(options));
  const layout = { ...parseLayout({ tensor: options.layout?.tensor, devicesPerNode: options.layout?.devicesPerNode }) };
  if (shape.num_heads % layout.tensor !== 0)
    fail(`tensor must divide the ${shape.num_heads} heads, got ${layout.tensor}`);
  const rates = ratesOf(options.device, precision);
  checkLinks(rates, layout, options.device.name);
  const bytes = precision === 'fp32' ? 4 : 2;
  const ledger = toLedger(GENERATION_ITEMS, timesOf(shape, generation, { rates, layout, bytes }));
  const seconds = ledger.total;
  const spread = Math.max(rates.spread, LEAST_SPREAD);
  return {
    ...ledger,
    seconds,
    tokensPerSecond: (batch * tokens) / seconds,
    range: [seconds / spread, seconds * spread],
  };
}

/** Rates are fitted to training: generation is known no better than this factor. */
const LEAST_SPREAD = 1.6;

const pickMemory = ({ precision, optimizer, attention, dropout }: MemoryOptions) => ({
  precision,
  optimizer,
  attention,
  dropout,
});

interface Generating {
  readonly rates: Rates;
  readonly layout: Layout;
  readonly bytes: number;
}

function timesOf(shape: Shape, { batch, encLen, tokens }: Generation, { rates, layout, bytes }: Generating): number[] {
  const { tensor, devicesPerNode } = layout;
  const { num_layers: E, num_decoder_layers: D, d_model } = shape;
  const rows = createProducts();
  const secondsOf = (names: (name: ProductName) => boolean) =>
    PRODUCT_NAMES.reduce(
      (sum, name, i) => sum + (names(name) ? secondsOfProduct(rows, i * PRODUCT_FIELDS, bytes, rates) : 0),
      0,
    );
  const isAttention = (name: string) => /(scores|mix)$/.test(name);
  const readsEncoder = (name: string) => name.startsWith('encoder/') || name === 'decoder/cross_attention/kv';
  fillProducts(shape, { batch, encLen, decLen: 1 }, { tensor, fused: FLASH }, rows);
  const link = tensor > 1 ? linkOf(rates, tensor, 1, devicesPerNode) : 1;
  const meet = (layers: number, rowsEach: number) =>
    ringAllReduce(layers * rowsEach * batch * d_model * bytes, tensor, link);
  const encoder = secondsOf(readsEncoder);
  const weights = secondsOf(name => !readsEncoder(name) && !isAttention(name));
  lengthenCache(rows, (tokens + 1) / 2);
  const cache = secondsOf(name => name.startsWith('decoder/') && isAttention(name));
  const kernels = FORWARD * (KERNELS.encoder * E + tokens * (KERNELS.decoder * D + KERNELS.rest));
  return [
    encoder * (rates.scale.matmul ?? 1),
    tokens * weights * (rates.scale.matmul ?? 1),
    tokens * cache * (rates.scale.matmul ?? 1),
    kernels * rates.launch * (rates.scale.overhead ?? 1),
    (meet(MEETINGS.encoder * E, encLen) + tokens * meet(MEETINGS.decoder * D, 1)) * (rates.scale.tensor_parallel ?? 1),
  ];
}

/** Self-attention looks at so many keys: n of the scores, k of the mix. */
function lengthenCache(rows: Float64Array, keys: number): void {
  rows[PRODUCT_NAMES.indexOf('decoder/self_attention/scores') * PRODUCT_FIELDS + 1] = keys;
  rows[PRODUCT_NAMES.indexOf('decoder/self_attention/mix') * PRODUCT_FIELDS + 2] = keys;
}

import { fail, mustBe, outsideRange } from '../base/index.js';

/** A T5 by its seven numbers and two switches, under the names of its config.json. */
export interface Shape {
  /** Encoder blocks. */
  readonly num_layers: number;
  readonly num_decoder_layers: number;
  readonly d_model: number;
  readonly d_ff: number;
  /** Width of one head; num_heads * d_kv need not equal d_model. */
  readonly d_kv: number;
  readonly num_heads: number;
  readonly vocab_size: number;
  /** 'relu': two feed-forward matrices (T5); 'gated-gelu': three (v1.1). */
  readonly feed_forward_proj: FeedForward;
  /** true: logits reuse the embedding matrix (T5); false: a matrix of their own (v1.1). */
  readonly tie_word_embeddings: boolean;
}

/** The seven numbers alone. */
export type ShapeNumbers = Pick<Shape, NumberField>;

export const FEED_FORWARDS = ['relu', 'gated-gelu'] as const;
export type FeedForward = (typeof FEED_FORWARDS)[number];

/** Largest value of each number; the smallest is 1. */
export const LIMITS = {
  num_layers: 4096,
  num_decoder_layers: 4096,
  d_model: 2 ** 18,
  d_ff: 2 ** 20,
  d_kv: 2 ** 14,
  num_heads: 2 ** 14,
  vocab_size: 2 ** 24,
} as const;

export type NumberField = keyof typeof LIMITS;
export const NUMBER_FIELDS = Object.keys(LIMITS) as readonly NumberField[];

/** Relative-position buckets of one stack's table: one column a head. The same in every T5. */
export const RELATIVE_BUCKETS = 32;

/** num_heads * d_kv: the width of queries, keys and values together. */
export const innerWidth = ({ num_heads, d_kv }: Pick<Shape, 'num_heads' | 'd_kv'>) => num_heads * d_kv;

/** Checks every field; `where` names the source in a message, e.g. a file. */
export function checkShape(shape: Shape, where = 'shape'): Shape {
  for (const field of NUMBER_FIELDS) checkNumber(shape[field], field, where);
  if (!FEED_FORWARDS.includes(shape.feed_forward_proj))
    fail(mustBe(`${where}: feed_forward_proj`, FEED_FORWARDS.join(' or '), shape.feed_forward_proj));
  if (typeof shape.tie_word_embeddings !== 'boolean')
    fail(mustBe(`${where}: tie_word_embeddings`, 'true or false', shape.tie_word_embeddings));
  return shape;
}

/** Checks one of the seven numbers: an integer from 1 to its limit. */
export function checkNumber(value: unknown, field: NumberField, where: string): number {
  if (!Number.isInteger(value)) fail(mustBe(`${where}: ${field}`, 'an integer', value));
  const number = value as number;
  if (!(number >= 1 && number <= LIMITS[field]))
    fail(outsideRange(`${where}: ${field}`, `[1, ${LIMITS[field]}]`, value));
  return number;
}

export const sameShape = (a: Shape, b: Shape) =>
  NUMBER_FIELDS.every(field => a[field] === b[field]) &&
  a.feed_forward_proj === b.feed_forward_proj &&
  a.tie_word_embeddings === b.tie_word_embeddings;

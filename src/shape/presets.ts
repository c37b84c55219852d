import type { Shape } from './shape.js';

interface Preset extends Shape {
  /** Checksum: parameters of the released checkpoint. */
  readonly params: number;
}

const T5 = { vocab_size: 32128, feed_forward_proj: 'relu', tie_word_embeddings: true } as const;
const V11 = { vocab_size: 32128, feed_forward_proj: 'gated-gelu', tie_word_embeddings: false } as const;

/**
 * The sizes of T5 (arXiv 1910.10683, 2109.10686) and of T5 v1.1.
 * The t5-efficient model cards print d_kv 32 for tiny, mini and small: config.json and the checksum say 64.
 * Sources of the checksums: file sizes of the released checkpoints; for v1.1, transformers with untied embeddings.
 */
// biome-ignore format: a table
export const PRESETS = {
  tiny:  { num_layers: 4,  num_decoder_layers: 4,  d_model: 256,  d_ff: 1024,  d_kv: 64,  num_heads: 4,   ...T5, params: 15_570_688 },
  mini:  { num_layers: 4,  num_decoder_layers: 4,  d_model: 384,  d_ff: 1536,  d_kv: 64,  num_heads: 8,   ...T5, params: 31_220_480 },
  small: { num_layers: 6,  num_decoder_layers: 6,  d_model: 512,  d_ff: 2048,  d_kv: 64,  num_heads: 8,   ...T5, params: 60_506_624 },
  base:  { num_layers: 12, num_decoder_layers: 12, d_model: 768,  d_ff: 3072,  d_kv: 64,  num_heads: 12,  ...T5, params: 222_903_552 },
  large: { num_layers: 24, num_decoder_layers: 24, d_model: 1024, d_ff: 4096,  d_kv: 64,  num_heads: 16,  ...T5, params: 737_668_096 },
  xl:    { num_layers: 24, num_decoder_layers: 24, d_model: 1024, d_ff: 16384, d_kv: 128, num_heads: 32,  ...T5, params: 2_851_598_336 },
  xxl:   { num_layers: 24, num_decoder_layers: 24, d_model: 1024, d_ff: 65536, d_kv: 128, num_heads: 128, ...T5, params: 11_307_321_344 },
  'v1.1-small': { num_layers: 8,  num_decoder_layers: 8,  d_model: 512,  d_ff: 1024,  d_kv: 64, num_heads: 6,  ...V11, params: 76_961_152 },
  'v1.1-base':  { num_layers: 12, num_decoder_layers: 12, d_model: 768,  d_ff: 2048,  d_kv: 64, num_heads: 12, ...V11, params: 247_577_856 },
  'v1.1-large': { num_layers: 24, num_decoder_layers: 24, d_model: 1024, d_ff: 2816,  d_kv: 64, num_heads: 16, ...V11, params: 783_150_080 },
  'v1.1-xl':    { num_layers: 24, num_decoder_layers: 24, d_model: 2048, d_ff: 5120,  d_kv: 64, num_heads: 32, ...V11, params: 2_849_757_184 },
  'v1.1-xxl':   { num_layers: 24, num_decoder_layers: 24, d_model: 4096, d_ff: 10240, d_kv: 64, num_heads: 64, ...V11, params: 11_135_332_352 },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;

/** The T5 sizes of the paper, small to large. */
export const SIZES = ['tiny', 'mini', 'small', 'base', 'large', 'xl', 'xxl'] as const satisfies readonly PresetName[];

/** Further names under which a preset was released. */
export const ALIASES: Readonly<Record<string, PresetName>> = { '3b': 'xl', '11b': 'xxl' };

/** The preset as a shape, without its checksum. */
export function preset(name: PresetName): Shape {
  const { params: _, ...shape } = PRESETS[name];
  return shape;
}

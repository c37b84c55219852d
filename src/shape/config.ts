import { fail, mustBe, shown, unknownName } from '../base/index.js';
import { checkShape, RELATIVE_BUCKETS, type Shape } from './shape.js';

/** Fields of a T5 config.json that decide the shape, with the other names that transformers accepts. */
const FIELDS: Readonly<Record<string, keyof Shape>> = {
  num_layers: 'num_layers',
  num_hidden_layers: 'num_layers',
  num_decoder_layers: 'num_decoder_layers',
  d_model: 'd_model',
  hidden_size: 'd_model',
  d_ff: 'd_ff',
  d_kv: 'd_kv',
  head_dim: 'd_kv',
  num_heads: 'num_heads',
  num_attention_heads: 'num_heads',
  vocab_size: 'vocab_size',
  feed_forward_proj: 'feed_forward_proj',
  tie_word_embeddings: 'tie_word_embeddings',
};
/** What transformers derives from feed_forward_proj and writes beside it: must agree with it. */
const DERIVED: Readonly<Record<string, Readonly<Record<Shape['feed_forward_proj'], readonly unknown[]>>>> = {
  is_gated_act: { relu: [false], 'gated-gelu': [true] },
  dense_act_fn: { relu: ['relu'], 'gated-gelu': ['gelu', 'gelu_new'] },
};
const NEEDED = ['num_layers', 'd_model', 'd_ff', 'd_kv', 'num_heads', 'vocab_size'] as const;

/** Fields whose value would change the counts; only the value of every released T5 is accepted. */
const MUST_EQUAL: Readonly<Record<string, readonly unknown[]>> = {
  relative_attention_num_buckets: [RELATIVE_BUCKETS],
  is_decoder: [false],
  is_encoder_decoder: [true],
  model_type: ['t5', 'mt5'],
};

/** Fields that change no count. */
const IGNORED = new Set(
  `architectures bos_token_id classifier_dropout decoder_start_token_id dropout_rate dtype eos_token_id
  gradient_checkpointing initializer_factor layer_norm_epsilon max_length n_positions output_past pad_token_id
  relative_attention_max_distance scale_decoder_outputs task_specific_params tokenizer_class torch_dtype
  transformers_version use_cache _name_or_path`.split(/\s+/),
);

/**
 * The shape in a T5 config.json as transformers writes it. Unknown keys are errors.
 * Defaults are those of T5Config: num_decoder_layers = num_layers, relu, tied embeddings.
 *
 * @param extra keys that the caller reads itself, e.g. batch
 */
export function parseConfig(config: unknown, where = 'config', extra: readonly string[] = []): Shape {
  if (typeof config !== 'object' || config === null || Array.isArray(config))
    fail(mustBe(where, 'a JSON object of T5 config fields', Array.isArray(config) ? 'an array' : config));
  const shape: Partial<Record<keyof Shape, unknown>> = {};
  for (const [key, value] of Object.entries(config)) {
    const field = Object.hasOwn(FIELDS, key) ? FIELDS[key] : undefined;
    if (field !== undefined) setOnce(shape, field, value, `${where}: ${key}`);
    else if (Object.hasOwn(MUST_EQUAL, key)) checkEqual(MUST_EQUAL[key], value, `${where}: ${key}`);
    else if (!IGNORED.has(key) && !Object.hasOwn(DERIVED, key) && !extra.includes(key))
      fail(`${where}: ${unknownName('key', key, [...Object.keys(FIELDS), ...extra])}`);
  }
  for (const field of NEEDED) if (shape[field] === undefined) fail(`${where} must have ${field}, got none`);
  const { num_decoder_layers, feed_forward_proj = 'relu', tie_word_embeddings = true, ...rest } = shape;
  const filled = {
    ...rest,
    num_decoder_layers: num_decoder_layers ?? shape.num_layers,
    feed_forward_proj,
    tie_word_embeddings,
  };
  const checked = checkShape(filled as Shape, where);
  for (const [key, allowed] of Object.entries(DERIVED)) {
    const value = (config as Record<string, unknown>)[key];
    if (value !== undefined && value !== null)
      checkEqual(allowed[checked.feed_forward_proj], value, `${where}: ${key} (${checked.feed_forward_proj})`);
  }
  return checked;
}

function setOnce(shape: Partial<Record<keyof Shape, unknown>>, field: keyof Shape, value: unknown, where: string) {
  if (value === null) return;
  if (shape[field] !== undefined && shape[field] !== value)
    fail(`${where} must agree with ${field}, got ${shown(value)} and ${shown(shape[field])}`);
  shape[field] = value;
}

function checkEqual(allowed: readonly unknown[], value: unknown, where: string) {
  if (!allowed.includes(value)) fail(mustBe(where, allowed.join(' or '), value));
}

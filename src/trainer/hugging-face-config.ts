import { fail, mustBe } from '../base/index.js';
import { parseConfig, RELATIVE_BUCKETS, type Shape } from '../shape/index.js';
import { MAX_DISTANCE } from './buckets.js';
import { EOS, PAD } from './tokenizer.js';

/** Fields that change no count but the numbers: of each only this value is computed here. Absent, it has that value. */
const FIXED: Readonly<Record<string, unknown>> = {
  relative_attention_num_buckets: RELATIVE_BUCKETS,
  relative_attention_max_distance: MAX_DISTANCE,
  layer_norm_epsilon: 1e-6,
  pad_token_id: PAD,
  eos_token_id: EOS,
  decoder_start_token_id: PAD,
};

/** Models of whole T5s with a head. The second is what the first T5 files say, the third the multilingual one. */
const ARCHITECTURES = ['T5ForConditionalGeneration', 'T5WithLMHeadModel', 'MT5ForConditionalGeneration'];

/** The config.json of a shape, as transformers 4 and 5 read it. */
export function toConfig(shape: Shape): Record<string, unknown> {
  const gated = shape.feed_forward_proj === 'gated-gelu';
  return {
    architectures: ['T5ForConditionalGeneration'],
    model_type: 't5',
    ...shape,
    is_gated_act: gated,
    dense_act_fn: gated ? 'gelu_new' : 'relu',
    // transformers 5 goes by this, 4 by tie_word_embeddings
    scale_decoder_outputs: shape.tie_word_embeddings,
    is_encoder_decoder: true,
    ...FIXED,
    // for training on; T5 v1.1 was trained without and says this too
    dropout_rate: 0.1,
    use_cache: true,
    torch_dtype: 'float32',
  };
}

export interface ReadConfig {
  readonly shape: Shape;
  /** The logits are not scaled by d_model^-0.5, whatever tie_word_embeddings says. */
  readonly unscaled: boolean;
}

/** Refuses what is no T5, and any T5 that would compute other numbers here. */
export function parseModelConfig(config: unknown, where: string): ReadConfig {
  const shape = parseConfig(config, where);
  const fields = config as Record<string, unknown>;
  const { architectures = ['T5ForConditionalGeneration'] } = fields;
  if (!(Array.isArray(architectures) && ARCHITECTURES.includes(architectures[0])))
    fail(mustBe(`${where}: architectures`, ARCHITECTURES.join(' or '), JSON.stringify(architectures)));
  for (const [key, value] of Object.entries(FIXED))
    if (fields[key] !== undefined && fields[key] !== null && fields[key] !== value)
      fail(mustBe(`${where}: ${key}`, String(value), fields[key]));
  return { shape, unscaled: !shape.tie_word_embeddings || fields.scale_decoder_outputs === false };
}

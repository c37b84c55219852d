import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { parseConfig, preset } from '../../src/shape/index.js';

// as released with t5-base (transformers 4 writes these keys)
const T5_BASE = {
  architectures: ['T5ForConditionalGeneration'],
  d_ff: 3072,
  d_kv: 64,
  d_model: 768,
  decoder_start_token_id: 0,
  dropout_rate: 0.1,
  eos_token_id: 1,
  initializer_factor: 1,
  is_encoder_decoder: true,
  layer_norm_epsilon: 1e-6,
  model_type: 't5',
  n_positions: 512,
  num_heads: 12,
  num_layers: 12,
  output_past: true,
  pad_token_id: 0,
  relative_attention_num_buckets: 32,
  task_specific_params: {},
  vocab_size: 32128,
};

test('parseConfig(config.json of t5-base) is base', t => {
  t.deepEqual(parseConfig(T5_BASE), preset('base'));
});

test('parseConfig(config) fills what T5Config fills', t => {
  const { num_decoder_layers, feed_forward_proj, tie_word_embeddings } = parseConfig({ ...T5_BASE, num_layers: 5 });
  t.deepEqual([num_decoder_layers, feed_forward_proj, tie_word_embeddings], [5, 'relu', true]);
  t.is(parseConfig({ ...T5_BASE, num_decoder_layers: null }).num_decoder_layers, 12);
});

test('parseConfig(config) reads the v1.1 switches and the other names of transformers', t => {
  const { d_model, num_layers, num_heads, ...rest } = T5_BASE;
  const renamed = { ...rest, hidden_size: d_model, num_hidden_layers: num_layers, num_attention_heads: num_heads };
  const config = { ...renamed, d_ff: 2048, feed_forward_proj: 'gated-gelu', tie_word_embeddings: false };
  t.deepEqual(parseConfig(config), preset('v1.1-base'));
});

const refused: readonly [title: string, change: object, message: RegExp][] = [
  ['an unknown key', { d_modle: 4 }, /unknown key "d_modle"; did you mean d_model\?/],
  ['zero layers', { num_layers: 0 }, /num_layers must be in \[1, 4096\], got 0/],
  ['a fraction', { d_ff: 10.5 }, /d_ff must be an integer, got 10.5/],
  ['a text', { d_kv: '64' }, /d_kv must be an integer, got "64"/],
  ['a huge number', { num_heads: 1e9 }, /num_heads must be in/],
  ['another activation', { feed_forward_proj: 'silu' }, /feed_forward_proj must be relu or gated-gelu/],
  ['other buckets', { relative_attention_num_buckets: 64 }, /must be 32, got 64/],
  ['another model', { model_type: 'bert' }, /model_type must be t5 or mt5/],
  [
    'a gate that feed_forward_proj does not have',
    { is_gated_act: true },
    /is_gated_act \(relu\) must be false, got true/,
  ],
  ['names that disagree', { hidden_size: 512 }, /hidden_size must agree with d_model, got 512 and 768/],
];
for (const [title, change, message] of refused)
  test(`parseConfig() refuses ${title} in one line`, t => {
    t.throws(() => parseConfig({ ...T5_BASE, ...change }, 'my.json'), { instanceOf: InputError, message });
  });

test('parseConfig() refuses what is no object, and a missing number', t => {
  const { d_ff: _, ...rest } = T5_BASE;
  t.throws(() => parseConfig([T5_BASE]), { message: /must be a JSON object/ });
  t.throws(() => parseConfig(null), { message: /must be a JSON object/ });
  t.throws(() => parseConfig(rest), { message: 'config must have d_ff, got none' });
});

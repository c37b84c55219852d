import test from 'ava';
import { mean, standardDeviation } from 'simple-statistics';
import { countParams } from '../../src/cost/index.js';
import { parseShape } from '../../src/shape/index.js';
import { initParams, paramTensors } from '../../src/trainer/index.js';
import { NANO } from './nano.js';

for (const name of ['tiny', 'small-el16-dl4', 'base', 'v1.1-small'])
  test(`paramTensors(${name}) has as many parameters as countParams`, t => {
    const shape = parseShape(name);
    t.is(paramTensors(shape).at(-1)!.to, countParams(shape).total);
  });

test('paramTensors(shape) names each tensor once, as Hugging Face does', t => {
  const names = paramTensors({ ...NANO, feed_forward_proj: 'gated-gelu', tie_word_embeddings: false }).map(p => p.name);
  t.is(new Set(names).size, names.length);
  // names in the state dict of google/t5-v1_1-small
  for (const name of [
    'shared.weight',
    'encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight',
    'encoder.block.0.layer.1.DenseReluDense.wi_1.weight',
    'decoder.block.1.layer.1.EncDecAttention.q.weight',
    'decoder.block.1.layer.2.layer_norm.weight',
    'decoder.final_layer_norm.weight',
    'lm_head.weight',
  ])
    t.true(names.includes(name), name);
});

// transformers, T5PreTrainedModel._init_weights with initializer_factor 1
const INITIAL_STD: [string, number][] = [
  ['shared.weight', 1],
  ['encoder.block.0.layer.0.SelfAttention.q.weight', (64 * 16) ** -0.5],
  ['encoder.block.0.layer.0.SelfAttention.k.weight', 64 ** -0.5],
  ['encoder.block.0.layer.0.SelfAttention.o.weight', (16 * 4) ** -0.5],
  ['decoder.block.0.layer.2.DenseReluDense.wi.weight', 64 ** -0.5],
  ['decoder.block.0.layer.2.DenseReluDense.wo.weight', 256 ** -0.5],
];
for (const [name, std] of INITIAL_STD)
  test(`initParams() starts ${name} at T5's deviation`, t => {
    const shape = { ...NANO, d_model: 64, d_kv: 16, num_heads: 4, d_ff: 256 };
    const tensors = paramTensors(shape);
    const { from, to } = tensors.find(tensor => tensor.name === name)!;
    const values = Array.from(initParams(tensors, 5).subarray(from, to));
    t.true(Math.abs(standardDeviation(values) / std - 1) < 0.05);
    t.true(Math.abs(mean(values)) < (4 * std) / Math.sqrt(values.length));
  });

test('initParams() starts the gains of norms at 1', t => {
  const tensors = paramTensors(NANO);
  const { from, to } = tensors.find(tensor => tensor.name === 'decoder.final_layer_norm.weight')!;
  t.true(
    initParams(tensors, 5)
      .subarray(from, to)
      .every(value => value === 1),
  );
});

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { parseConfig, type Shape } from '../../src/shape/index.js';
import { loadHuggingFace, saveHuggingFace } from '../../src/trainer/hugging-face.js';
import { initParams, paramTensors } from '../../src/trainer/params.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../src/trainer/safetensors.js';
import { createTokenizer } from '../../src/trainer/tokenizer.js';
import { NANO } from './nano.js';

// fixtures/hf_golden.py: models that transformers wrote; what they compute is held by hugging-face-golden.test.ts
const FIXTURES = fileURLToPath(new URL('fixtures/', import.meta.url));
const MODELS = ['hf_tied_relu', 'hf_untied_gelu', 'hf_deep_encoder', 'hf_unscaled', 'hf_sharded'];

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'shapelaw-test-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function drawParams(shape: Shape): Map<string, Float32Array> {
  const tensors = paramTensors(shape);
  const values = initParams(tensors, 5);
  return new Map(tensors.map(({ name, from, to }) => [name, values.slice(from, to)]));
}

for (const name of MODELS)
  test(`loadHuggingFace(${name}) gives every parameter of its shape`, async t => {
    const { shape, params } = await loadHuggingFace(join(FIXTURES, name));
    const sizes = paramTensors(shape).map(({ name, from, to }) => [name, to - from]);
    t.deepEqual(
      [...params].map(([name, values]) => [name, values.length]),
      sizes,
    );
    const config = parseConfig(JSON.parse(readFileSync(join(FIXTURES, name, 'config.json'), 'utf8')));
    t.deepEqual({ ...shape, tie_word_embeddings: true }, config);
  });

test('loadHuggingFace(folder) goes by scale_decoder_outputs, since transformers 5 calls every T5 tied', async t => {
  const tied = async (name: string) => (await loadHuggingFace(join(FIXTURES, name))).shape.tie_word_embeddings;
  t.deepEqual(await Promise.all(MODELS.map(tied)), [true, false, true, false, true]);
  const { params } = await loadHuggingFace(join(FIXTURES, 'hf_unscaled'));
  t.deepEqual(params.get('lm_head.weight'), params.get('shared.weight'));
  t.not(params.get('lm_head.weight'), params.get('shared.weight'));
});

for (const shape of [NANO, { ...NANO, feed_forward_proj: 'gated-gelu', tie_word_embeddings: false } as const])
  test(`saveHuggingFace(folder) comes back to the bit (${shape.feed_forward_proj})`, t =>
    withFolder(async folder => {
      const params = drawParams(shape);
      const target = join(folder, 'new', 'model');
      await saveHuggingFace(target, { shape, params });
      t.deepEqual(await loadHuggingFace(target), { shape, params });
      t.deepEqual(readdirSync(target).sort(), ['config.json', 'generation_config.json', 'model.safetensors']);
    }));

test('saveHuggingFace(folder) writes the tokenizer beside the model, and over an older model', t =>
  withFolder(async folder => {
    const [old, params] = [drawParams({ ...NANO, d_ff: 23 }), drawParams(NANO)];
    await saveHuggingFace(folder, { shape: { ...NANO, d_ff: 23 }, params: old });
    await saveHuggingFace(folder, { shape: NANO, params, tokenizer: createTokenizer([[40, 42]]) });
    t.deepEqual((await loadHuggingFace(folder)).params, params);
    t.deepEqual(JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')).model.merges, ["% '"]);
    t.is(JSON.parse(readFileSync(join(folder, 'tokenizer_config.json'), 'utf8')).eos_token, '</s>');
  }));

test('saveHuggingFace(folder) refuses what it cannot write, and leaves the model that is there', t =>
  withFolder(async folder => {
    const params = drawParams(NANO);
    await saveHuggingFace(folder, { shape: NANO, params });
    const less = new Map([...params].slice(1));
    await t.throwsAsync(saveHuggingFace(folder, { shape: NANO, params: less }), {
      message: 'parameters must have shared.weight, got none',
    });
    await t.throwsAsync(saveHuggingFace(join(folder, 'config.json'), { shape: NANO, params }), {
      message: /config\.json must be a folder that can be written to, got "EEXIST"/,
    });
    t.deepEqual((await loadHuggingFace(folder)).params, params);
  }));

type Tensors = Map<string, StoredTensor>;
interface Change {
  readonly config?: Record<string, unknown>;
  readonly weights?: (tensors: Tensors) => void;
}

/** A copy of a fixture with some of its content changed. */
async function changed(folder: string, name: string, { config = {}, weights }: Change): Promise<string> {
  const copy = join(folder, name);
  cpSync(join(FIXTURES, name), copy, { recursive: true });
  const [configFile, weightFile] = [join(copy, 'config.json'), join(copy, 'model.safetensors')];
  writeFileSync(configFile, JSON.stringify({ ...JSON.parse(readFileSync(configFile, 'utf8')), ...config }));
  if (weights === undefined) return copy;
  const { tensors } = decodeSafetensors(readFileSync(weightFile), weightFile);
  weights(tensors);
  writeFileSync(weightFile, encodeSafetensors(tensors));
  return copy;
}

const refuses = test.macro({
  exec: (t, name: string, change: Change, message: RegExp) =>
    withFolder(async folder => {
      const error = await t.throwsAsync(changed(folder, name, change).then(loadHuggingFace), { message });
      t.true(error instanceof InputError && !error.message.includes('\n'));
    }),
  title: (title = '') => `loadHuggingFace(folder) refuses ${title}`,
});
const set = (name: string, dims: number[]) => (tensors: Tensors) => {
  tensors.set(name, { dims, values: new Float32Array(dims.reduce((a, b) => a * b)) });
};

test(
  'another architecture',
  refuses,
  'hf_tied_relu',
  { config: { architectures: ['T5EncoderModel'] } },
  /architectures must be T5ForConditionalGeneration or .*, got .*T5EncoderModel/,
);
test(
  'another model',
  refuses,
  'hf_tied_relu',
  { config: { model_type: 'bert' } },
  /config\.json: model_type must be t5 or mt5, got "bert"$/,
);
test(
  'other position buckets',
  refuses,
  'hf_tied_relu',
  { config: { relative_attention_max_distance: 64 } },
  /relative_attention_max_distance must be 128, got 64$/,
);
test(
  'another norm',
  refuses,
  'hf_tied_relu',
  { config: { layer_norm_epsilon: 1e-5 } },
  /layer_norm_epsilon must be 0\.000001, got 0\.00001$/,
);
test(
  'another start of the decoder',
  refuses,
  'hf_tied_relu',
  { config: { decoder_start_token_id: 2 } },
  /decoder_start_token_id must be 0, got 2$/,
);
test(
  'a tensor that is missing',
  refuses,
  'hf_tied_relu',
  { config: { num_decoder_layers: 4 } },
  /hf_tied_relu must have the tensor decoder\.block\.3\.\S+ \[21, 13\], got none$/,
);
test(
  'a tensor of other dims',
  refuses,
  'hf_tied_relu',
  { config: { d_ff: 31 } },
  /must have the tensor encoder\.\S+wi\.weight \[31, 13\], got \[29, 13\]$/,
);
test(
  'a tensor it does not know',
  refuses,
  'hf_tied_relu',
  { weights: set('encoder.bias', [3]) },
  /hf_tied_relu: unknown tensor "encoder\.bias"; did you mean/,
);
test('a layer too many', refuses, 'hf_tied_relu', { config: { num_layers: 1 } }, /unknown tensor "encoder\.block\.1\./);
test(
  'a tensor of integers',
  refuses,
  'hf_tied_relu',
  { weights: tensors => tensors.set('encoder.final_layer_norm.weight', { dims: [13], values: new Int32Array(13) }) },
  /encoder\.final_layer_norm\.weight must hold floats, got integers$/,
);
test(
  'a head beside a tied and scaled embedding',
  refuses,
  'hf_tied_relu',
  { weights: set('lm_head.weight', [31, 13]) },
  /tensor lm_head\.weight must equal shared\.weight, got other values$/,
);
test(
  'an embedding of the decoder alone',
  refuses,
  'hf_untied_gelu',
  { weights: set('decoder.embed_tokens.weight', [37, 10]) },
  /decoder\.embed_tokens\.weight must equal shared\.weight/,
);
test(
  'an untied model without its head',
  refuses,
  'hf_tied_relu',
  { config: { tie_word_embeddings: false } },
  /must have the tensor lm_head\.weight \[31, 13\], got none$/,
);

test('loadHuggingFace(folder) reads the copies and the unused table of older files', t =>
  withFolder(async folder => {
    const original = await loadHuggingFace(join(FIXTURES, 'hf_tied_relu'));
    const old = await changed(folder, 'hf_tied_relu', {
      config: { architectures: ['T5WithLMHeadModel'], scale_decoder_outputs: undefined },
      weights: tensors => {
        const embedding = tensors.get('shared.weight')!;
        for (const name of ['encoder.embed_tokens', 'decoder.embed_tokens', 'lm_head'])
          tensors.set(`${name}.weight`, embedding);
        tensors.delete('shared.weight');
        set('decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight', [32, 3])(tensors);
      },
    });
    t.deepEqual(await loadHuggingFace(old), original);
  }));

test('loadHuggingFace(folder) names the file that is missing, damaged or elsewhere', t =>
  withFolder(async folder => {
    const copy = await changed(folder, 'hf_sharded', {});
    const broken = (file: string, content: string | Uint8Array, message: RegExp) => {
      writeFileSync(join(copy, file), content);
      return t.throwsAsync(loadHuggingFace(copy), { instanceOf: InputError, message });
    };
    const shard = 'model-00002-of-00005.safetensors';
    await broken(
      shard,
      readFileSync(join(copy, shard)).subarray(0, 700),
      /00002-of-00005\.safetensors must have \d+ bytes/,
    );
    rmSync(join(copy, shard));
    await t.throwsAsync(loadHuggingFace(copy), {
      message: /00002-of-00005\.safetensors must be a readable file, got "ENOENT"$/,
    });
    const index = 'model.safetensors.index.json';
    await broken(index, '{"weight_map":{"a":"../a.safetensors"}}', /weight_map: "a" must be a file of its folder, got/);
    await broken(index, '{}', /index\.json must have a weight_map, got none$/);
    await broken(index, '{', /index\.json must be JSON, got/);
    rmSync(join(copy, index));
    await t.throwsAsync(loadHuggingFace(copy), {
      message: /hf_sharded must have model\.safetensors, or .* got neither$/,
    });
    await t.throwsAsync(loadHuggingFace(join(copy, 'none')), {
      message: /none\/config\.json must be a readable file, got "ENOENT"$/,
    });
  }));

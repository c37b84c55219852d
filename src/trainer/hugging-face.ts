import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fail, mustBe, shown, unknownName } from '../base/index.js';
import type { Shape } from '../shape/index.js';
import { parseModelConfig, type ReadConfig, toConfig } from './hugging-face-config.js';
import { paramTensors } from './params.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.js';
import { EOS, PAD, type Tokenizer } from './tokenizer.js';
import { tokenizerJson } from './tokenizer-json.js';
import { writeWhole } from './write-whole.js';

// The folder of a model as transformers' save_pretrained writes it and from_pretrained reads it.

const WEIGHTS = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';
const EMBEDDING = 'shared.weight';
const HEAD = 'lm_head.weight';
/** The same matrix under other names, which some files repeat. */
const COPIES = ['encoder.embed_tokens.weight', 'decoder.embed_tokens.weight'];
/** Written into the first T5 files by mistake; transformers leaves it out too. */
const UNUSED = 'decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight';

export interface HuggingFaceModel {
  readonly shape: Shape;
  /** By name, matrices [out, in]. */
  readonly params: ReadonlyMap<string, Float32Array>;
}

/**
 * Writes a model for transformers: config.json, generation_config.json, model.safetensors, and the tokenizer's files
 * where one is given; each file whole.
 */
export async function saveHuggingFace(
  folder: string,
  { shape, params, tokenizer }: HuggingFaceModel & { readonly tokenizer?: Tokenizer },
): Promise<void> {
  const tensors = new Map<string, StoredTensor>();
  for (const { name, dims } of paramTensors(shape)) {
    const values = params.get(name);
    if (values === undefined) return fail(`parameters must have ${name}, got none`);
    tensors.set(name, { dims, values });
  }
  const files = {
    [WEIGHTS]: encodeSafetensors(tensors, { format: 'pt' }),
    'config.json': toText(toConfig(shape)),
    'generation_config.json': toText({ pad_token_id: PAD, eos_token_id: EOS, decoder_start_token_id: PAD }),
    ...(tokenizer && { 'tokenizer.json': tokenizerJson(tokenizer), 'tokenizer_config.json': toText(TOKENIZER_CONFIG) }),
  };
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, content] of Object.entries(files)) await writeWhole(join(folder, name), content);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    fail(mustBe(folder, 'a folder that can be written to', code ?? message));
  }
}

const TOKENIZER_CONFIG = {
  tokenizer_class: 'PreTrainedTokenizerFast',
  pad_token: '<pad>',
  eos_token: '</s>',
  unk_token: '<unk>',
};

const toText = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/**
 * Reads a T5 that transformers wrote: float32, float16 or bfloat16, in one file or in shards of up to 2 GiB, tied or not.
 * A tensor that is missing, not known or of other dims is refused.
 */
export async function loadHuggingFace(folder: string): Promise<{ shape: Shape; params: Map<string, Float32Array> }> {
  const file = join(folder, 'config.json');
  const config = parseModelConfig(await loadJson(file), file);
  const stored = await loadTensors(folder);
  const shape = settleHead(config, stored, folder);
  const params = new Map<string, Float32Array>();
  for (const { name, dims } of paramTensors(shape)) {
    const tensor = stored.get(name);
    const wanted = `${name} [${dims.join(', ')}]`;
    if (tensor === undefined) return fail(`${folder} must have the tensor ${wanted}, got none`);
    if (tensor.dims.join() !== dims.join())
      fail(`${folder} must have the tensor ${wanted}, got [${tensor.dims.join(', ')}]`);
    params.set(name, toFloats(tensor, `${folder}: tensor ${name}`));
    stored.delete(name);
  }
  const [extra] = stored.keys();
  if (extra !== undefined) fail(`${folder}: ${unknownName('tensor', extra, [...params.keys()])}`);
  return { shape, params };
}

async function loadJson(file: string): Promise<unknown> {
  const text = new TextDecoder().decode(await read(file));
  try {
    return JSON.parse(text);
  } catch (error) {
    return fail(`${file} must be JSON, got ${(error as Error).message}`);
  }
}

const read = (file: string): Promise<Uint8Array> =>
  readFile(file).catch((error: NodeJS.ErrnoException) => fail(mustBe(file, 'a readable file', error.code)));

/** Tensors by name, as they stand in the files. */
type Stored = Map<string, StoredTensor>;

/** Of the one file, or of the shards that the index names. */
async function loadTensors(folder: string): Promise<Stored> {
  const [whole, index] = [join(folder, WEIGHTS), join(folder, INDEX)];
  if (existsSync(whole)) return decodeSafetensors(await read(whole), whole).tensors;
  if (!existsSync(index)) fail(`${folder} must have ${WEIGHTS}, or ${INDEX} and its shards, got neither`);
  const places = parseIndex(await loadJson(index), index);
  const stored: Stored = new Map();
  for (const shard of new Set(places.values())) {
    const file = join(folder, shard);
    for (const [name, tensor] of decodeSafetensors(await read(file), file).tensors) {
      if (places.get(name) !== shard) fail(`${index} must place ${shown(name)} in ${shard}, got ${places.get(name)}`);
      stored.set(name, tensor);
    }
  }
  return stored;
}

/** The shard of each tensor. */
function parseIndex(index: unknown, where: string): Map<string, string> {
  const places = Object.entries((index as { weight_map?: object } | null)?.weight_map ?? {});
  if (places.length === 0) fail(`${where} must have a weight_map, got none`);
  for (const [name, shard] of places)
    if (typeof shard !== 'string' || basename(shard) !== shard)
      fail(mustBe(`${where}: weight_map: ${shown(name)}`, 'a file of its folder', shard));
  return new Map(places);
}

/**
 * Leaves one name for each matrix and gives the shape that has the model's numbers. transformers 5 ties every T5 in its
 * config.json, and says there that the logits are not scaled: a head of its own, or, where the file has none, a copy.
 */
function settleHead({ shape, unscaled }: ReadConfig, stored: Stored, folder: string): Shape {
  stored.delete(UNUSED);
  for (const name of unscaled ? COPIES : [...COPIES, HEAD]) {
    const copy = stored.get(name);
    if (copy === undefined) continue;
    const embedding = stored.get(EMBEDDING) ?? copy;
    if (!areEqual(copy, embedding)) fail(`${folder}: tensor ${name} must equal ${EMBEDDING}, got other values`);
    stored.set(EMBEDDING, embedding);
    stored.delete(name);
  }
  if (!unscaled) return shape;
  const embedding = stored.get(EMBEDDING);
  if (shape.tie_word_embeddings && embedding && !stored.has(HEAD))
    stored.set(HEAD, { ...embedding, values: embedding.values.slice() });
  return { ...shape, tie_word_embeddings: false };
}

const areEqual = (a: StoredTensor, b: StoredTensor) =>
  a.dims.join() === b.dims.join() && a.values.every((value, i) => Object.is(value, b.values[i]));

function toFloats({ values }: StoredTensor, where: string): Float32Array {
  if (values instanceof Float32Array) return values;
  if (values instanceof Float64Array) return Float32Array.from(values);
  return fail(`${where} must hold floats, got integers`);
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { openPeer } from '../../bench/peers/python.js';
import { createRandom } from '../../src/base/index.js';
import { countParams } from '../../src/cost/index.js';
import type { Shape } from '../../src/shape/index.js';
import type { Batch } from '../../src/trainer/batch.js';
import { createEngine } from '../../src/trainer/create-engine.js';
import type { Engine, EngineOptions } from '../../src/trainer/engine.js';
import { loadHuggingFace, saveHuggingFace } from '../../src/trainer/hugging-face.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../src/trainer/safetensors.js';
import { trainTokenizer } from '../../src/trainer/tokenizer.js';

// the two directions of every checkpoint, with transformers itself: npm run test:peers
const script = new URL('transformers_t5.py', import.meta.url).href;
const packages = ['torch', 'transformers==5.24.0', 'safetensors'];
const peer = openPeer(script, { packages });
if (peer === null) throw new Error('these tests need Python with venv, and a package index to install PyTorch from');
const ask = async <Answer>(job: string, input: object) => (await peer.ask({ job, ...input })) as Answer;
const folder = mkdtempSync(join(tmpdir(), 'shapelaw-test-'));
test.after.always(() => {
  peer.close();
  rmSync(folder, { recursive: true, force: true });
});

const ODD = { num_layers: 2, num_decoder_layers: 3, d_model: 26, d_ff: 58, d_kv: 7, num_heads: 3, vocab_size: 311 };
const SHAPES: Record<string, Shape> = {
  'tied relu': { ...ODD, feed_forward_proj: 'relu', tie_word_embeddings: true },
  'untied gated-gelu': { ...ODD, feed_forward_proj: 'gated-gelu', tie_word_embeddings: false },
  'tied gated-gelu, deep encoder': {
    ...ODD,
    num_layers: 5,
    num_decoder_layers: 1,
    feed_forward_proj: 'gated-gelu',
    tie_word_embeddings: true,
  },
  'untied relu, one narrow head': {
    ...ODD,
    d_kv: 3,
    num_heads: 1,
    feed_forward_proj: 'relu',
    tie_word_embeddings: false,
  },
};
const SIZES = { batch: 5, encLen: 149, decLen: 24 };

/** Rows of several lengths, each ended by eos and padded. */
function drawBatch(vocab: number, seed: number): Batch {
  const random = createRandom(seed);
  const rows = (length: number) => {
    const ids = new Int32Array(SIZES.batch * length);
    for (let row = 0; row < SIZES.batch; row++) {
      const end = length - 1 - (row === 0 ? 0 : random.integer(length - 2));
      for (let i = 0; i < end; i++) ids[row * length + i] = 2 + random.integer(vocab - 2);
      ids[row * length + end] = 1;
    }
    return ids;
  };
  const { batch: size, encLen, decLen } = SIZES;
  return { size, encLen, decLen, encoder: rows(encLen), targets: rows(decLen) };
}

const open = (shape: Shape, options: Partial<EngineOptions> = {}) =>
  createEngine({ shape, seed: 3, train: SIZES, optimizer: 'none', padded: true, ...options });

interface Run {
  readonly loading: Readonly<Record<string, readonly string[]>>;
  readonly parameters: number;
  readonly loss: number;
  readonly logits: readonly number[];
  readonly generated: readonly number[][];
}

/** What transformers makes of the folder, beside what the engine makes of the same parameters. */
async function compare(t: ExecutionContext, folder: string, engine: Engine, shape: Shape): Promise<void> {
  const batch = drawBatch(shape.vocab_size, 17);
  const { encoder, targets, size, encLen, decLen } = batch;
  const rows = (ids: Int32Array, length: number) =>
    Array.from({ length: size }, (_, row) => [...ids.subarray(row * length, (row + 1) * length)]);
  const there = await ask<Run>('run', {
    folder,
    encoder: rows(encoder, encLen),
    targets: rows(targets, decLen),
    tokens: decLen,
  });
  for (const [kind, names] of Object.entries(there.loading)) t.deepEqual(names, [], kind);
  t.is(there.parameters, countParams(shape).total);
  const logits = engine.logits(batch);
  t.true(Math.max(...there.logits.map((value, i) => Math.abs(value - logits[i]))) < 1e-4);
  t.true(Math.abs(engine.loss(batch) - there.loss) < 1e-4);
  t.deepEqual(engine.generate(encoder, { size, encLen }, decLen), there.generated as number[][]);
}

for (const [name, shape] of Object.entries(SHAPES))
  for (const [dtype, shard] of [
    ['float32', '5GB'],
    ['bfloat16', '20KB'],
  ])
    test.serial(
      `a model that transformers wrote computes the same here (${name}, ${dtype}, shards of ${shard})`,
      async t => {
        const target = join(folder, `${name} ${dtype}`);
        await ask('write', { folder: target, shape, dtype, shard, seed: 11 });
        const loaded = await loadHuggingFace(target);
        t.deepEqual(loaded.shape, shape);
        const engine = await open(shape);
        engine.setParams(loaded.params);
        await compare(t, target, engine, shape);
        engine.dispose();
      },
    );

for (const [name, shape] of Object.entries(SHAPES))
  test.serial(
    `a model trained here loads in transformers without a tensor too few or too many, and computes the same (${name})`,
    async t => {
      const engine = await open(shape, { optimizer: 'adam' });
      const before = engine.loss(drawBatch(shape.vocab_size, 0));
      for (let step = 0; step < 30; step++) engine.step([drawBatch(shape.vocab_size, step % 3)], 0.3);
      t.true(engine.loss(drawBatch(shape.vocab_size, 0)) < before - 0.5);
      const target = join(folder, `ours ${name}`);
      await saveHuggingFace(target, { shape, params: engine.params() });
      await compare(t, target, engine, shape);
      engine.dispose();
    },
  );

test.serial('a tokenizer trained here gives the same ids in transformers, with eos behind them', async t => {
  const texts = [
    'The whale, the whale! 1851',
    ' two  spaces\n\nand a naïve café — ∑ 🐳',
    "don't",
    '',
    '<extra_id_0> of <extra_id_1>',
  ];
  const tokenizer = trainTokenizer(texts.concat(Array(9).fill('the whale and the ship and the sea')), 320);
  const shape = { ...SHAPES['tied relu'], vocab_size: 320 };
  const engine = await open(shape);
  const target = join(folder, 'tokenizer');
  await saveHuggingFace(target, { shape, params: engine.params(), tokenizer });
  engine.dispose();
  const there = await ask<{ ids: number[][]; texts: string[]; special: number[] }>('tokenize', {
    folder: target,
    texts,
  });
  t.deepEqual(there.special, [0, 1, 2]);
  const { sentinel, encode } = tokenizer;
  const expected = [...texts.slice(0, 4).map(text => [...encode(text)]), [sentinel(0), ...encode(' of '), sentinel(1)]];
  t.deepEqual(
    there.ids,
    expected.map(ids => [...ids, 1]),
  );
  t.deepEqual(there.texts.slice(0, 4), texts.slice(0, 4));
});

test.serial('safetensors reads our files, and we read all half-width floats that it writes', async t => {
  const ours = new Map<string, StoredTensor>([
    ['7', { dims: [3], values: Uint8Array.of(1, 2, 3) }],
    ['doubles', { dims: [1, 2], values: Float64Array.of(1e-300, -7) }],
    ['none', { dims: [0, 5], values: new Float32Array(0) }],
    ['é', { dims: [], values: Int32Array.of(-5) }],
    ['floats', { dims: [2, 1], values: Float32Array.of(0.1, -0) }],
  ]);
  const [source, target] = [join(folder, 'ours.safetensors'), join(folder, 'theirs.safetensors')];
  writeFileSync(source, encodeSafetensors(ours, { format: 'pt' }));
  await ask('copy', { source, target });
  const { tensors } = decodeSafetensors(readFileSync(target), target);
  for (const [name, tensor] of ours) t.deepEqual(tensors.get(name), tensor, name);
  for (const name of ['float16', 'bfloat16']) {
    t.true(tensors.get(name)!.values.length > 63_000);
    t.deepEqual(tensors.get(name), tensors.get(`${name} widened`), name);
  }
});

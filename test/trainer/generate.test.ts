import type { Mode } from '../../src/graph/index.js';
import { createEngine, type Engine } from '../../src/trainer/index.js';
import { EOS } from '../../src/trainer/tokenizer.js';
import { NANO } from './nano.js';
import { randomBatch } from './t5-batches.js';
import { tfTest } from './with-tensorflow.js';

/** Untied: where the head is the embedding, an untrained model repeats itself. */
const SHAPE = { ...NANO, vocab_size: 13, num_decoder_layers: 3, tie_word_embeddings: false };
const SIZES = { batch: 4, encLen: 9, decLen: 8 };

const createTalker = (options: { mode?: Mode; padded?: boolean } = {}) =>
  createEngine({ shape: SHAPE, seed: 5, train: SIZES, optimizer: 'none', ...options });

/** Greedy decoding without a cache: the whole decoder again for every token. */
function generateSlowly(engine: Engine, encoder: Int32Array, size: number, maxTokens: number): number[][] {
  const encLen = encoder.length / size;
  const { decLen } = SIZES;
  const rows: number[][] = Array.from({ length: size }, () => []);
  for (let position = 0; position < maxTokens; position++) {
    // the decoder reads the targets, one to the right; the last one is never read
    const targets = Int32Array.from(rows.flatMap(row => [...row, ...new Array(decLen - row.length).fill(2)]));
    const logits = engine.logits({ size, encLen, decLen, encoder, targets });
    for (const [i, row] of rows.entries()) {
      const from = (i * decLen + position) * SHAPE.vocab_size;
      const scores = logits.subarray(from, from + SHAPE.vocab_size);
      row.push(scores.indexOf(Math.max(...scores)));
    }
  }
  return rows.map(row => (row.includes(EOS) ? row.slice(0, row.indexOf(EOS)) : row));
}

for (const mode of ['graph', 'eager'] satisfies Mode[])
  for (const padded of [false, true])
    tfTest(`generate() in ${mode} mode${padded ? ', padded,' : ''} takes the likeliest token step by step`, async t => {
      const engine = await createTalker({ mode, padded });
      const [size, encLen] = padded ? [3, 6] : [4, 9];
      const { encoder } = randomBatch(SHAPE, { ...SIZES, batch: size, encLen }, 7);
      const rows = engine.generate(encoder, { size, encLen }, 8);
      t.deepEqual(rows, generateSlowly(engine, encoder, size, 8));
      t.true(new Set(rows.flat()).size >= 3 && new Set(rows.map(String)).size === size, `${rows}`);
      engine.dispose();
    });

tfTest('generate() ends a row before its eos, the others go on, and all end at maxTokens', async t => {
  const engine = await createTalker();
  const { encoder } = randomBatch(SHAPE, SIZES, 7);
  const rows = engine.generate(encoder, { size: 4, encLen: 9 }, 8);
  t.true(rows.some(row => row.length < 8) && rows.some(row => row.length === 8), `${rows.map(row => row.length)}`);
  t.false(rows.flat().includes(EOS));
  t.deepEqual(
    engine.generate(encoder, { size: 4, encLen: 9 }, 3),
    rows.map(row => row.slice(0, 3)),
  );
  t.throws(() => engine.generate(encoder, { size: 4, encLen: 9 }, 9), {
    message: 'max_tokens must be at most 8, as built, got 9',
  });
  engine.dispose();
});

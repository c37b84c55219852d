import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createEngine } from '../../src/trainer/create-engine.js';
import { loadHuggingFace } from '../../src/trainer/hugging-face.js';
import type { Batch } from '../../src/trainer/index.js';
import { tfTest } from './with-tensorflow.js';

// fixtures/hf_golden.py: logits, loss and greedy generation of PyTorch T5s of Hugging Face transformers, in float64
interface Golden {
  readonly encoder: number[][];
  readonly targets: number[][];
  readonly loss: number;
  readonly logits: number[];
  readonly generated: number[][];
}
/** max_new_tokens there. */
const MAX_TOKENS = 12;
const FIXTURES = new URL('fixtures/', import.meta.url);
const { models } = JSON.parse(readFileSync(new URL('hf_golden.json', FIXTURES), 'utf8'));

function toBatch({ encoder, targets }: Golden): Batch {
  const [encLen, decLen] = [encoder[0].length, targets[0].length];
  const flat = (rows: number[][]) => Int32Array.from(rows.flat());
  return { size: encoder.length, encLen, decLen, encoder: flat(encoder), targets: flat(targets) };
}

async function openModel(name: string, golden: Golden, tokens?: number) {
  const { shape, params } = await loadHuggingFace(fileURLToPath(new URL(name, FIXTURES)));
  const { size: batch, encLen, decLen } = toBatch(golden);
  const train = { batch, encLen, decLen: tokens ?? decLen };
  const engine = await createEngine({
    shape,
    seed: 0,
    train,
    optimizer: 'none',
    padded: true,
  });
  engine.setParams(params);
  return engine;
}

for (const [name, golden] of Object.entries<Golden>(models)) {
  tfTest(`${name}, as transformers wrote it, has the logits and the loss that it has there`, async t => {
    const engine = await openModel(name, golden);
    const logits = engine.logits(toBatch(golden));
    t.is(logits.length, golden.logits.length);
    t.true(Math.max(...golden.logits.map((value, i) => Math.abs(value - logits[i]))) < 1e-4);
    t.true(Math.abs(engine.loss(toBatch(golden)) - golden.loss) < 1e-4);
    engine.dispose();
  });

  tfTest(`${name} generates token for token what it generates there`, async t => {
    const engine = await openModel(name, golden, MAX_TOKENS);
    const { encoder, size, encLen } = toBatch(golden);
    t.deepEqual(engine.generate(encoder, { size, encLen }, MAX_TOKENS), golden.generated);
    engine.dispose();
  });
}

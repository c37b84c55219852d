import { createHash } from 'node:crypto';
import { createRandom, fail, type Random } from '../base/index.js';
import { type Batch, countTargets, stackRows } from './batch.js';
import type { Corpus } from './corpus.js';
import { corruptSpans, noiseMask, planSpans, type SpanPlan } from './spans.js';
import { SENTINELS, type Tokenizer, trainTokenizer } from './tokenizer.js';

/** A corpus ready to train on; one can serve many runs. */
export interface TrainingData {
  readonly corpus: { readonly name: string; readonly sha256: string };
  readonly tokenizer: Tokenizer;
  readonly plan: SpanPlan;
  /** All training documents, one after another, as T5 packs them. */
  readonly tokens: Int32Array;
  readonly heldOut: HeldOut;
}

/** Fixed corrupted windows: the same for every shape, given corpus, vocabulary and encLen. */
export interface HeldOut {
  readonly batches: readonly Batch[];
  /** Targets that the mean is over. */
  readonly tokens: number;
  /** SHA-256 of the ids: equal fingerprints, comparable losses. */
  readonly fingerprint: string;
}

export interface DataOptions {
  /** Ids of the tokenizer; default 512. */
  vocabSize?: number;
  /** Encoder tokens of a window; default 128, which gives 29 decoder tokens. */
  encLen?: number;
  /** Held-out windows, fewer where there is less text; default 320. */
  evalWindows?: number;
}

const EVAL_SEED = 0;
const EVAL_BATCH = 16;

/** Learns the tokenizer on the training half, encodes both halves and fixes the held-out windows. */
export function prepareData(corpus: Corpus, options: DataOptions = {}): TrainingData {
  const { vocabSize = 512, encLen = 128, evalWindows = 320 } = options;
  const plan = planSpans(encLen);
  if (plan.spans > SENTINELS)
    fail(`enc_len must need at most ${SENTINELS} spans, one sentinel each, got ${plan.spans} at ${encLen}`);
  const tokenizer = trainTokenizer(corpus.train, vocabSize);
  const tokens = encodeAll(corpus.train, tokenizer);
  const heldOut = encodeAll(corpus.heldOut, tokenizer);
  for (const [half, ids] of Object.entries({ training: tokens, 'held-out': heldOut }))
    if (ids.length < 2 * plan.window)
      fail(`corpus ${corpus.name} needs at least ${2 * plan.window} tokens in its ${half} half, got ${ids.length}`);
  const { name, sha256 } = corpus;
  return {
    corpus: { name, sha256 },
    tokenizer,
    plan,
    tokens,
    heldOut: fixHeldOut(heldOut, { plan, tokenizer }, evalWindows),
  };
}

function encodeAll(texts: readonly string[], tokenizer: Tokenizer): Int32Array {
  const parts = texts.map(text => tokenizer.encode(text));
  const all = new Int32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

type Corruption = Pick<TrainingData, 'plan' | 'tokenizer'>;

function corruptWindow(tokens: Int32Array, start: number, { plan, tokenizer }: Corruption, random: Random) {
  return corruptSpans(tokens.subarray(start, start + plan.window), noiseMask(plan, random), tokenizer.sentinel);
}

function fixHeldOut(tokens: Int32Array, corruption: Corruption, wanted: number): HeldOut {
  const random = createRandom(EVAL_SEED);
  const there = Math.floor(tokens.length / corruption.plan.window);
  const count = Math.min(wanted, there);
  // spread over all held-out documents
  const starts = Array.from({ length: count }, (_, i) => Math.floor((i * there) / count) * corruption.plan.window);
  const rows = starts.map(start => corruptWindow(tokens, start, corruption, random));
  const batches: Batch[] = [];
  for (let i = 0; i < rows.length; i += EVAL_BATCH) batches.push(stackRows(rows.slice(i, i + EVAL_BATCH)));
  const hash = createHash('sha256');
  for (const { encoder, targets } of batches) hash.update(encoder).update(targets);
  const total = batches.reduce((sum, batch) => sum + countTargets(batch), 0);
  return { batches, tokens: total, fingerprint: hash.digest('hex') };
}

/**
 * Batches without end. An epoch takes every window once, in an order of its own, and cuts the text at another place than
 * the epoch before; each window is corrupted anew.
 */
export function* trainBatches(data: TrainingData, size: number, random: Random): Generator<Batch, never> {
  let starts: number[] = [];
  for (;;) {
    const rows = [];
    while (rows.length < size) {
      if (starts.length === 0) starts = shuffledStarts(data, random);
      rows.push(corruptWindow(data.tokens, starts.pop()!, data, random));
    }
    yield stackRows(rows);
  }
}

function shuffledStarts({ tokens, plan: { window } }: TrainingData, random: Random): number[] {
  const offset = random.integer(window);
  const starts = Array.from({ length: Math.floor((tokens.length - offset) / window) }, (_, i) => offset + i * window);
  for (let i = starts.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [starts[i], starts[j]] = [starts[j], starts[i]];
  }
  return starts;
}

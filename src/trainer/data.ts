import { createHash } from 'node:crypto';
import { createRandom, fail, type Random } from '../base/index.js';
import { type Batch, countTargets, stackRows } from './batch.js';
import { type Corpus, type Halves, hashTexts } from './corpus.js';
import { loadCorpus } from './corpus-sources.js';
import { type CacheOptions, type Kept, keep } from './data-cache.js';
import { corruptSpans, noiseMask, planSpans, type SpanPlan } from './spans.js';
import { createTokenizer, SENTINELS, type Tokenizer, trainTokenizer } from './tokenizer.js';

/** A corpus ready to train on; one can serve many runs. */
export interface TrainingData {
  readonly corpus: { readonly name: string; readonly sha256: string };
  /** Those of the corpus, for tasks built from the same text. */
  readonly documents: Halves;
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

/**
 * Learns the tokenizer on the training half, encodes both halves and fixes the held-out windows.
 *
 * @example prepareData(createCorpus('mine', texts), { vocabSize: 1024 }).heldOut.fingerprint
 */
export function prepareData(corpus: Corpus, options: DataOptions = {}): TrainingData {
  const { vocabSize = 512 } = options;
  planWindows(options);
  return assemble(corpus, encodeCorpus(corpus, vocabSize), options);
}

/** As prepareData, but what was made from the same text before comes from the cache. */
export async function loadTrainingData(
  corpus?: Corpus | string,
  options: DataOptions & CacheOptions = {},
): Promise<TrainingData> {
  const { vocabSize = 512 } = options;
  planWindows(options);
  const loaded = typeof corpus === 'object' ? corpus : await loadCorpus(corpus, options);
  const halves = [loaded.train, loaded.heldOut].map(half => hashTexts(half.map(({ text }) => text)));
  const make = () => encodeCorpus(loaded, vocabSize);
  return assemble(loaded, keep('tokens', [vocabSize, ...halves], make, options), options);
}

function planWindows({ encLen = 128 }: DataOptions): SpanPlan {
  const plan = planSpans(encLen);
  if (plan.spans > SENTINELS)
    fail(`enc_len must need at most ${SENTINELS} spans, one sentinel each, got ${plan.spans} at ${encLen}`);
  return plan;
}

/** The part that takes seconds, and depends on the text and vocabSize alone. */
function encodeCorpus({ train, heldOut }: Corpus, vocabSize: number): Kept {
  const tokenizer = trainTokenizer(
    train.map(({ text }) => text),
    vocabSize,
  );
  const merges = Int32Array.from(tokenizer.merges.flat());
  const tensors = { merges, train: encodeAll(train, tokenizer), held_out: encodeAll(heldOut, tokenizer) };
  return {
    tensors: new Map(Object.entries(tensors).map(([name, values]) => [name, { dims: [values.length], values }])),
    metadata: {},
  };
}

function assemble(corpus: Corpus, { tensors }: Kept, options: DataOptions): TrainingData {
  const plan = planWindows(options);
  const ids = (name: string) => tensors.get(name)!.values as Int32Array;
  const [merges, tokens, heldOut] = ['merges', 'train', 'held_out'].map(ids);
  for (const [half, { length }] of Object.entries({ training: tokens, 'held-out': heldOut }))
    if (length < 2 * plan.window)
      fail(`corpus ${corpus.name} needs at least ${2 * plan.window} tokens in its ${half} half, got ${length}`);
  const pairs = Array.from({ length: merges.length / 2 }, (_, i) => [merges[2 * i], merges[2 * i + 1]] as const);
  const tokenizer = createTokenizer(pairs);
  const { name, sha256, train } = corpus;
  return {
    corpus: { name, sha256 },
    documents: { train, heldOut: corpus.heldOut },
    tokenizer,
    plan,
    tokens,
    heldOut: fixHeldOut(heldOut, { plan, tokenizer }, options.evalWindows),
  };
}

function encodeAll(documents: Halves['train'], tokenizer: Tokenizer): Int32Array {
  const parts = documents.map(({ text }) => tokenizer.encode(text));
  const all = new Int32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export type Corruption = Pick<TrainingData, 'plan' | 'tokenizer'>;

/** Encoder and decoder side of the window that begins at `start`. */
export function corruptWindow(tokens: Int32Array, start: number, { plan, tokenizer }: Corruption, random: Random) {
  return corruptSpans(tokens.subarray(start, start + plan.window), noiseMask(plan, random), tokenizer.sentinel);
}

function fixHeldOut(tokens: Int32Array, corruption: Corruption, wanted = 320): HeldOut {
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

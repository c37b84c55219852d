import type { Shape } from '../shape/index.js';
import { type Batch, stackRows } from './batch.js';
import type { Corruption, TrainingData } from './data.js';
import type { Engine } from './engine.js';
import { TENSORFLOW, type Workshop } from './machine.js';
import type { Params } from './run-folder.js';
import { EOS, FIRST_BYTE, PAD, SENTINELS, type Tokenizer } from './tokenizer.js';

/** A held-out text with gaps, and what stood in them. */
export interface Completion {
  /** The n-th gap reads `[n]`. */
  readonly text: string;
  readonly gaps: readonly { readonly was: string; readonly filled: string }[];
}

export interface CompleteOptions {
  readonly shape: Shape;
  readonly params: Params;
  readonly data: TrainingData;
}

/**
 * Lets a model fill the gaps of `count` held-out windows, spread over all of them: the likeliest token each time, where
 * each gap gets its sentinel and at least one token of text. (A young model left alone writes sentinels only, since
 * these are its likeliest tokens.)
 */
export async function completeSpans(
  { shape, params, data }: CompleteOptions,
  count: number,
  workshop: Workshop = TENSORFLOW,
): Promise<Completion[]> {
  const { plan, tokenizer, heldOut } = data;
  const rows = pickRows(heldOut.batches, count);
  const sizes = { batch: rows.length, encLen: plan.encLen, decLen: plan.decLen };
  const engine = await workshop.createEngine({ shape, seed: 0, train: sizes, optimizer: 'none' });
  try {
    engine.setParams(params);
    const filled = fillGaps(engine, stackRows(rows), data);
    return rows.map((row, i) => {
      const [was, ours] = [row.targets, filled[i]].map(ids => readSpans(ids, plan.spans, tokenizer));
      return { text: showGaps(row.encoder, tokenizer), gaps: was.map((text, k) => ({ was: text, filled: ours[k] })) };
    });
  } finally {
    engine.dispose();
  }
}

/** Decoder tokens of each row, written one after another. */
function fillGaps(engine: Engine, batch: Batch, { plan, tokenizer }: TrainingData): number[][] {
  const { size, decLen } = batch;
  const targets = new Int32Array(size * decLen);
  const written: number[][] = Array.from({ length: size }, () => []);
  for (let at = 0; at < decLen; at++) {
    const logits = engine.logits({ ...batch, targets });
    const width = logits.length / (size * decLen);
    for (const [row, ids] of written.entries()) {
      const here = logits.subarray((row * decLen + at) * width, (row * decLen + at + 1) * width);
      ids.push(nextToken(ids, here, { plan, tokenizer }));
      targets[row * decLen + at] = ids[at];
    }
  }
  return written;
}

/** The next sentinel where one must come or is likelier than any text, else text; the eos after the last gap. */
function nextToken(ids: readonly number[], logits: Float32Array, { plan, tokenizer }: Corruption): number {
  const begun = ids.filter(id => isSpecial(id, tokenizer)).length;
  const next = begun < plan.spans ? tokenizer.sentinel(begun) : EOS;
  if (begun > plan.spans) return PAD;
  if (begun > 0 && isSpecial(ids[ids.length - 1], tokenizer)) return likeliestText(logits, tokenizer);
  const left = plan.decLen - ids.length;
  const needed = 2 * (plan.spans - begun) + 1; // a sentinel and a token for each gap to come, and the eos
  const text = likeliestText(logits, tokenizer);
  return begun === 0 || left <= needed || logits[next] >= logits[text] ? next : text;
}

function likeliestText(logits: Float32Array, { size }: Tokenizer): number {
  let best = FIRST_BYTE;
  for (let id = FIRST_BYTE; id < size - SENTINELS; id++) if (logits[id] > logits[best]) best = id;
  return best;
}

function pickRows(batches: readonly Batch[], count: number) {
  const rows = batches.flatMap(({ size, encLen, decLen, encoder, targets }) =>
    Array.from({ length: size }, (_, i) => ({
      encoder: Array.from(encoder.subarray(i * encLen, (i + 1) * encLen)),
      targets: Array.from(targets.subarray(i * decLen, (i + 1) * decLen)),
    })),
  );
  return Array.from({ length: Math.min(count, rows.length) }, (_, i) => rows[Math.floor((i * rows.length) / count)]);
}

/** The text after each sentinel, the last one without the eos; empty for a sentinel that was not written. */
export function readSpans(ids: ArrayLike<number>, spans: number, tokenizer: Tokenizer): string[] {
  const all = Array.from(ids);
  return Array.from({ length: spans }, (_, k) => {
    const from = all.indexOf(tokenizer.sentinel(k));
    if (from < 0) return '';
    const to = all.findIndex((id, i) => i > from && isSpecial(id, tokenizer));
    return tokenizer.decode(all.slice(from + 1, to < 0 ? all.length : to));
  });
}

const isSpecial = (id: number, { size }: Tokenizer) => id < FIRST_BYTE || id >= size - SENTINELS;

/** The encoder's side as text, each sentinel as `[n]`. */
function showGaps(encoder: readonly number[], tokenizer: Tokenizer): string {
  let text = '';
  let from = 0;
  let gaps = 0;
  for (const [i, id] of encoder.entries()) {
    if (!isSpecial(id, tokenizer)) continue;
    text += tokenizer.decode(encoder.slice(from, i));
    if (id >= FIRST_BYTE) text += `[${++gaps}]`;
    from = i + 1;
  }
  return text;
}

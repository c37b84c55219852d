import { fail, outsideRange } from '../base/index.js';
import type { Sizes } from './engine.js';
import { PAD } from './tokenizer.js';

/** Sequences of one step, row after row. Token 0 is padding on either side. */
export interface Batch {
  readonly size: number;
  readonly encLen: number;
  readonly decLen: number;
  /** [size * encLen] */
  readonly encoder: Int32Array;
  /** [size * decLen] */
  readonly targets: Int32Array;
}

/** Rows of equal lengths as one batch. */
export function stackRows(rows: readonly { encoder: readonly number[]; targets: readonly number[] }[]): Batch {
  const size = rows.length;
  const [encLen, decLen] = [rows[0].encoder.length, rows[0].targets.length];
  const encoder = new Int32Array(size * encLen);
  const targets = new Int32Array(size * decLen);
  rows.forEach((row, i) => {
    encoder.set(row.encoder, i * encLen);
    targets.set(row.targets, i * decLen);
  });
  return { size, encLen, decLen, encoder, targets };
}

/** What the decoder reads: each row's targets one to the right, behind the start token, which is pad in T5. */
export function decoderInputs({ size, decLen, targets }: Batch): Int32Array {
  const inputs = new Int32Array(targets.length).fill(PAD);
  for (let row = 0; row < size; row++)
    inputs.set(targets.subarray(row * decLen, (row + 1) * decLen - 1), row * decLen + 1);
  return inputs;
}

/** Targets that count. */
export const countTargets = ({ targets }: Batch) => targets.reduce((count, id) => count + (id === PAD ? 0 : 1), 0);

/** What batches have to fit. */
export interface Room {
  readonly sizes: Sizes;
  /** Whether padding of the encoder is hidden, so that it may be shorter. */
  readonly padded: boolean;
  readonly vocabulary: number;
}

/** A batch with padding to the sizes that a graph was built for. Added rows and targets do not count. */
export function fillBatch({ size, encLen, decLen, encoder, targets }: Batch, room: Room): Batch {
  const { sizes } = room;
  if (decLen > sizes.decLen) fail(`batch must have at most ${sizes.decLen} targets a row, as built, got ${decLen}`);
  checkIds('target', targets, size * decLen, room.vocabulary);
  const filled = {
    encoder: fillEncoder(encoder, { size, encLen }, room),
    targets: fillRows(targets, decLen, sizes.batch, sizes.decLen),
  };
  return { size: sizes.batch, encLen: sizes.encLen, decLen: sizes.decLen, ...filled };
}

/** As fillBatch, of the encoder's side alone. */
export function fillEncoder(
  ids: Int32Array,
  { size, encLen }: Pick<Batch, 'size' | 'encLen'>,
  { sizes, padded, vocabulary }: Room,
): Int32Array {
  if (size > sizes.batch) fail(`batch must have at most ${sizes.batch} rows, as built, got ${size}`);
  if (padded ? encLen > sizes.encLen : encLen !== sizes.encLen)
    fail(`encoder must have ${padded ? 'at most ' : ''}${sizes.encLen} tokens a row, as built, got ${encLen}`);
  checkIds('encoder', ids, size * encLen, vocabulary);
  return fillRows(ids, encLen, sizes.batch, sizes.encLen);
}

function checkIds(what: string, ids: Int32Array, count: number, vocabulary: number): void {
  if (ids.length !== count) fail(`batch must have ${count} ${what} ids, got ${ids.length}`);
  for (const id of ids) if (!(id >= 0 && id < vocabulary)) fail(outsideRange(`${what} ids`, `[0, ${vocabulary})`, id));
}

function fillRows(ids: Int32Array, from: number, rows: number, to: number): Int32Array {
  if (from === to && ids.length === rows * to) return ids;
  const filled = new Int32Array(rows * to).fill(PAD);
  for (let at = 0; at * from < ids.length; at++) filled.set(ids.subarray(at * from, (at + 1) * from), at * to);
  return filled;
}

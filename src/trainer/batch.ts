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
  return {
    size: rows.length,
    encLen: rows[0].encoder.length,
    decLen: rows[0].targets.length,
    encoder: Int32Array.from(rows.flatMap(row => row.encoder)),
    targets: Int32Array.from(rows.flatMap(row => row.targets)),
  };
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

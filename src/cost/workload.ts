import { fail, mustBe } from '../base/index.js';

/** What one step sees. */
export interface Workload {
  /** Sequences. */
  readonly batch: number;
  /** Encoder tokens of a sequence, padding included. */
  readonly encLen: number;
  /** Decoder tokens of a sequence, padding included. */
  readonly decLen: number;
}

/** One sequence of T5 pre-training: 512 tokens in, 114 out (15 % noise in spans of 3). Source: arXiv 1910.10683. */
export const ONE_SEQUENCE: Workload = { batch: 1, encLen: 512, decLen: 114 };

/** How the paper trains every shape. Source: arXiv 2109.10686; released operative_config.gin. */
export const PAPER_RECIPE = { batch: 128, encLen: 512, decLen: 114, steps: 2 ** 19 } as const;

const LARGEST = 2 ** 24;

export function checkWorkload(workload: Workload): Workload {
  checkCount('batch', workload.batch);
  checkCount('enc_len', workload.encLen);
  checkCount('dec_len', workload.decLen);
  return workload;
}

/** A whole number of sequences, tokens or steps. */
export function checkCount(name: string, value: number): number {
  if (!(Number.isInteger(value) && value >= 1 && value <= LARGEST))
    fail(mustBe(name, `a whole number in [1, ${LARGEST}]`, value));
  return value;
}

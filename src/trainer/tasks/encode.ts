import { EOS, FIRST_BYTE, PAD, SENTINELS, type Tokenizer } from '../tokenizer.js';
import type { Example, Task } from './task.js';

// A question reads as a window of pre-training with one span cut out, and is answered as such:
//   encoder   cloze: the white<0> (whale or house) swam away </s>
//   targets   <0> whale </s>

/** The gap of an input, as text: the first sentinel. */
export const GAP = '<extra_id_0>';

export interface Row {
  readonly encoder: readonly number[];
  readonly targets: readonly number[];
}

/** Ids of both sides, eos included, without padding. */
export function encodeExample({ input, target }: Pick<Example, 'input' | 'target'>, tokenizer: Tokenizer): Row {
  const [before, after] = input.split(GAP).map(text => Array.from(tokenizer.encode(text)));
  const gap = tokenizer.sentinel(0);
  return { encoder: [...before, gap, ...after, EOS], targets: [gap, ...tokenizer.encode(target), EOS] };
}

/** A row with padding behind it. */
export function padRow({ encoder, targets }: Row, { encLen, decLen }: Pick<Task, 'encLen' | 'decLen'>): Row {
  const pad = (ids: readonly number[], length: number) => [...ids, ...new Array(length - ids.length).fill(PAD)];
  return { encoder: pad(encoder, encLen), targets: pad(targets, decLen) };
}

/** The text in the gap: what was written but for specials. */
export const decodeAnswer = (ids: readonly number[], tokenizer: Tokenizer): string =>
  tokenizer.decode(ids.filter(id => id >= FIRST_BYTE && id < tokenizer.size - SENTINELS));

export function encodedLengths(examples: readonly Example[], tokenizer: Tokenizer): Pick<Task, 'encLen' | 'decLen'> {
  let [encLen, decLen] = [0, 0];
  for (const example of examples) {
    const { encoder, targets } = encodeExample(example, tokenizer);
    encLen = Math.max(encLen, encoder.length);
    decLen = Math.max(decLen, targets.length);
  }
  return { encLen, decLen };
}

import { fail, mustBe } from '../base/index.js';
import { LARGEST_VOCABULARY, learnMerges, type Merges, pairKey } from './bpe.js';

// Ids stand in T5's order: pad, eos, unk, then the pieces, then the sentinels <extra_id_k> from the last id downward.

export const PAD = 0;
export const EOS = 1;
/** Never written, since every byte has an id; kept so that the ids are T5's. */
export const UNK = 2;
export const FIRST_BYTE = 3;
export const FIRST_MERGE = FIRST_BYTE + 256;

/** Enough for windows of 512 encoder tokens, which have 28 spans. T5 has 100. */
export const SENTINELS = 32;
export const SMALLEST_VOCABULARY = FIRST_MERGE + SENTINELS;

export interface Tokenizer {
  /** Number of ids: the one asked for, or fewer where the text has no more pairs to merge. */
  readonly size: number;
  readonly merges: Merges;
  /** Ids of a text, without an eos. Lone surrogates become U+FFFD, as UTF-8 has none. */
  encode(text: string): Int32Array;
  /** The text of ids: encode undone. Specials read `</s>`, `<unk>`, `<extra_id_0>`; padding is left out. */
  decode(ids: ArrayLike<number>): string;
  /** Id of <extra_id_k>. */
  sentinel(k: number): number;
}

/**
 * Words that merges stay inside: a run of letters, digits or other signs with the space before it, or white space.
 * A run is cut at 32 characters, which bounds the work on text without spaces. The words make up the whole text.
 */
const SPACE = '\\p{White_Space}'; // not \\s, which means other signs in other languages' expressions
export const WORDS = ` ?\\p{L}{1,32}| ?\\p{N}{1,32}| ?[^${SPACE}\\p{L}\\p{N}]{1,32}|${SPACE}{1,32}(?!\\P{White_Space})|${SPACE}{1,32}`;
const WORD = new RegExp(WORDS, 'gu');

const utf8 = new TextEncoder();

/**
 * A byte-level byte-pair tokenizer learned from texts: any text round-trips, and the same texts give the same ids.
 * Source: Sennrich et al. 2016; bytes as in Radford et al. 2019. (T5's own vocabulary is SentencePiece, 32,000 pieces.)
 *
 * @param size ids in all, 3 specials and 32 sentinels included, in [291, 65536]
 */
export function trainTokenizer(texts: readonly string[], size = 512): Tokenizer {
  if (!(Number.isInteger(size) && size >= SMALLEST_VOCABULARY && size <= LARGEST_VOCABULARY))
    fail(mustBe('vocabulary', `an integer in [${SMALLEST_VOCABULARY}, ${LARGEST_VOCABULARY}]`, size));
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of text.match(WORD) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = Array.from(counts, ([word, count]) => ({ ids: byteIds(word), count }));
  return createTokenizer(learnMerges(words, FIRST_MERGE, size - SMALLEST_VOCABULARY));
}

const byteIds = (word: string): number[] => Array.from(utf8.encode(word), byte => FIRST_BYTE + byte);

/** The tokenizer of known merges. */
export function createTokenizer(merges: Merges): Tokenizer {
  const size = SMALLEST_VOCABULARY + merges.length;
  const merged = new Map(merges.map(([left, right], n) => [pairKey(left, right), FIRST_MERGE + n]));
  const bytes = pieceBytes(merges);
  const cache = new Map<string, readonly number[]>();
  const encodeWord = (word: string): readonly number[] => {
    let ids = cache.get(word);
    if (ids === undefined) {
      ids = applyMerges(byteIds(word), merged);
      cache.set(word, ids);
    }
    return ids;
  };
  const special = (id: number) =>
    ['', '</s>', '<unk>'][id] ?? (id < size ? `<extra_id_${size - 1 - id}>` : fail(mustBe('id', `below ${size}`, id)));
  return {
    size,
    merges,
    encode: text => {
      const ids = new Int32Array(3 * text.length); // at most 3 bytes a UTF-16 unit
      let length = 0;
      for (const word of text.match(WORD) ?? []) for (const id of encodeWord(word)) ids[length++] = id;
      return ids.slice(0, length);
    },
    decode: ids => {
      const out: number[] = [];
      for (const id of Array.from(ids)) for (const byte of bytes[id] ?? utf8.encode(special(id))) out.push(byte);
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(out));
    },
    sentinel: k => size - 1 - k,
  };
}

/** The bytes of each piece by id; specials and sentinels have none. */
function pieceBytes(merges: Merges): (readonly number[] | undefined)[] {
  const bytes: (readonly number[] | undefined)[] = new Array(FIRST_BYTE).fill(undefined);
  for (let byte = 0; byte < 256; byte++) bytes.push([byte]);
  for (const [left, right] of merges) bytes.push([...bytes[left]!, ...bytes[right]!]);
  return bytes;
}

/** Merges the pair that was learned first, until none is left. */
function applyMerges(ids: number[], merged: ReadonlyMap<number, number>): number[] {
  for (;;) {
    let best = Number.POSITIVE_INFINITY;
    let at = 0;
    for (let i = 1; i < ids.length; i++) {
      const id = merged.get(pairKey(ids[i - 1], ids[i]));
      if (id !== undefined && id < best) [best, at] = [id, i - 1];
    }
    if (best === Number.POSITIVE_INFINITY) return ids;
    ids.splice(at, 2, best);
  }
}

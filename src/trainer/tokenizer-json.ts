import { isDeepStrictEqual } from 'node:util';
import { fail, mustBe } from '../base/index.js';
import {
  createTokenizer,
  EOS,
  FIRST_BYTE,
  FIRST_MERGE,
  PAD,
  SENTINELS,
  type Tokenizer,
  UNK,
  WORDS,
} from './tokenizer.js';

// The file format of Hugging Face's `tokenizers`, so that Python reads a text into the same ids. Pieces are bytes, each
// written as one visible character (GPT-2's table: Radford et al. 2019, encoder.py, bytes_to_unicode).

/** The character of each byte: itself where Latin-1 prints it, else the next one from U+0100 on. */
const CHARACTERS: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const prints = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(prints ? byte : next++);
  });
})();

/** As text of a tokenizer.json. There, unlike in `encode`, a text ends in </s>, and written-out specials become their ids. */
export function tokenizerJson(tokenizer: Tokenizer): string {
  const { size, merges } = tokenizer;
  const specials = [
    { id: PAD, content: '<pad>' },
    { id: EOS, content: '</s>' },
    { id: UNK, content: '<unk>' },
    ...Array.from({ length: SENTINELS }, (_, k) => ({ id: size - 1 - k, content: `<extra_id_${k}>` })),
  ];
  const pieces = spellPieces(merges);
  const vocab = [
    ...specials.map(({ id, content }) => [content, id] as const),
    ...pieces.map((piece, i) => [piece, FIRST_BYTE + i] as const),
  ].sort(([, a], [, b]) => a - b);
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const bytes = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
  const eos = { SpecialToken: { id: '</s>', type_id: 0 } };
  const sequence = (id: 'A' | 'B') => ({ Sequence: { id, type_id: 0 } });
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specials.sort((a, b) => a.id - b.id).map(special => ({ ...special, ...flags })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [{ type: 'Split', pattern: { Regex: WORDS }, behavior: 'Isolated', invert: false }, bytes],
    },
    post_processor: {
      type: 'TemplateProcessing',
      single: [sequence('A'), eos],
      pair: [sequence('A'), eos, sequence('B'), eos],
      special_tokens: { '</s>': { id: '</s>', ids: [EOS], tokens: ['</s>'] } },
    },
    decoder: bytes,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(vocab),
      merges: merges.map(([left, right]) => `${pieces[left - FIRST_BYTE]} ${pieces[right - FIRST_BYTE]}`),
    },
  });
}

/** Bytes and merges in the order of their ids. */
function spellPieces(merges: Tokenizer['merges']): string[] {
  const pieces = [...CHARACTERS];
  for (const [left, right] of merges) pieces.push(pieces[left - FIRST_BYTE] + pieces[right - FIRST_BYTE]);
  return pieces;
}

/**
 * The tokenizer of a tokenizer.json that tokenizerJson wrote, also after Python loaded and saved it.
 *
 * @param where names the file in a message
 */
export function parseTokenizerJson(text: string, where: string): Tokenizer {
  const foreign = (got: unknown) => fail(mustBe(where, 'a tokenizer.json that shapelaw wrote', got));
  const file = parseJson(text);
  const merges = file?.model?.merges;
  if (!Array.isArray(merges)) return foreign(text);
  const ids = new Map(CHARACTERS.map((character, byte) => [character, FIRST_BYTE + byte]));
  const pairs = merges.map((merge, n): readonly [number, number] => {
    const parts: string[] = Array.isArray(merge) ? merge : String(merge).split(' ');
    const [left, right] = parts.map(part => ids.get(part));
    if (left === undefined || right === undefined) return foreign(merge);
    ids.set(parts.join(''), FIRST_MERGE + n);
    return [left, right];
  });
  const tokenizer = createTokenizer(pairs);
  const ours = JSON.parse(tokenizerJson(tokenizer));
  if (!isDeepStrictEqual(file?.pre_tokenizer, ours.pre_tokenizer)) return foreign('other words');
  return isDeepStrictEqual(file?.model?.vocab, ours.model.vocab) ? tokenizer : foreign('other ids');
}

function parseJson(
  text: string,
): { pre_tokenizer?: unknown; model?: { merges?: unknown; vocab?: unknown } } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The frequent plain words of some texts: answers and wrong answers come from it. */
export interface Lexicon {
  has(word: string): boolean;
  /** Words about as frequent as `word`, itself among them: their counts share its power of two. */
  peers(word: string): readonly string[];
  /** Words with these first letters, PREFIX of them. */
  beginning(prefix: string): readonly string[];
}

/** Occurrences that a word of the lexicon has at least. */
const RAREST = 20;
export const PREFIX = 2;

const TOKEN = /^(?<word>[a-z]{3,})(?<tail>[,.;:!?]*)$/;

/** A word of three small letters and more, and the marks behind it. */
export interface PlainWord {
  readonly word: string;
  readonly tail: string;
}

/** Undefined for names, numbers, short and joined words. @example plainWord('whale,') // => { word: 'whale', tail: ',' } */
export const plainWord = (token: string) => TOKEN.exec(token)?.groups as PlainWord | undefined;

/** The tokens of a text, which white space parts. */
export const cutWords = (text: string): string[] => text.split(/\s+/).filter(Boolean);

/** Letters alone, small: two tokens with equal letters are the same word. */
export const bareWord = (token: string) => token.toLowerCase().replace(/[^a-z]/g, '');

export function countWords(texts: readonly string[]): Lexicon {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const token of cutWords(text)) {
      const word = plainWord(token)?.word;
      if (word !== undefined) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  const words = [...counts.keys()].filter(word => counts.get(word)! >= RAREST).sort();
  const band = (word: string) => Math.floor(Math.log2(counts.get(word)!));
  const bands = groupBy(words, band);
  const prefixes = groupBy(words, word => word.slice(0, PREFIX));
  const kept = new Set(words);
  return {
    has: word => kept.has(word),
    peers: word => bands.get(band(word))!,
    beginning: prefix => prefixes.get(prefix) ?? [],
  };
}

/** Groups in the order of their first members. */
export function groupBy<V, K>(values: readonly V[], keyOf: (value: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

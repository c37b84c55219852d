import type { Random } from '../../base/index.js';
import type { Document } from '../corpus.js';
import { shuffle } from './draw.js';
import { cutWords } from './lexicon.js';

/** Neighbouring words of one document. */
export interface Passage {
  readonly words: readonly string[];
  readonly document: Document;
}

/** Characters of a cell for each word of its passage; a cell of longer words holds none. */
const CELL = 7;
/** Capitals, digits and signs that a passage may have a word: more would make its ids many, and every batch longer. */
const SIGNS = 0.3;

/**
 * Passages of so many words, in random order. Documents are cut into cells of equal length and a cell gives one passage
 * at most, so passages do not overlap.
 */
export function* samplePassages(documents: readonly Document[], words: number, random: Random): Generator<Passage> {
  const size = words * CELL;
  const cells = documents.flatMap(document =>
    Array.from({ length: Math.floor(document.text.length / size) }, (_, i) => ({ document, from: i * size })),
  );
  for (const { document, from } of shuffle(cells, random)) {
    const [, ...whole] = cutWords(document.text.slice(from, from + size)); // the first and the last may be cut
    const passage = whole.slice(0, words);
    if (whole.length > words && isReadable(passage)) yield { words: passage, document };
  }
}

function isReadable(words: readonly string[]): boolean {
  const text = words.join(' ');
  return /^[!-;=?-{}~ ]+$/.test(text) && text.replace(/[a-z ]/g, '').length <= SIGNS * words.length;
}

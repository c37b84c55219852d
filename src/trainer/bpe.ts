import { createPairQueue, type PairQueue } from './pair-queue.js';

// Byte-pair encoding (Sennrich et al. 2016) learned with counts that are kept up to date merge by merge.

/** [left, right] ids in the order learned; the n-th makes the id `firstId + n`. */
export type Merges = readonly (readonly [number, number])[];

/** Ids stay below this, so that a pair of them is one exact integer. */
export const LARGEST_VOCABULARY = 65_536;
export const pairKey = (left: number, right: number) => left * LARGEST_VOCABULARY + right;

interface Word {
  ids: number[];
  readonly count: number;
}

/**
 * The `limit` most frequent merges, one after another; fewer where no pair occurs twice.
 * Ties go to the pair with the smaller ids, so the result depends on the counts alone. A pair that would spell an earlier
 * piece once more is passed over, so that pieces and ids are one to one.
 *
 * @param words ids of each different word, and how often it occurs; the ids are merged in place
 */
export function learnMerges(words: readonly Word[], firstId: number, limit: number): Merges {
  const pairs = countPairs(words);
  const queue = createPairQueue();
  for (const [key, { count }] of pairs) queue.push({ count, key });
  const spelled = Array.from({ length: firstId }, (_, id) => String.fromCharCode(id));
  const known = new Set(spelled);
  const merges: [number, number][] = [];
  while (merges.length < limit) {
    const key = popMostFrequent(queue, pairs);
    if (key === undefined) break;
    const pair: [number, number] = [Math.floor(key / LARGEST_VOCABULARY), key % LARGEST_VOCABULARY];
    const piece = spelled[pair[0]] + spelled[pair[1]];
    if (known.has(piece)) continue;
    known.add(piece);
    spelled.push(piece);
    const grown = new Set<number>();
    for (const word of pairs.get(key)!.words) mergeWord(word, pair, firstId + merges.length, { pairs, grown });
    pairs.delete(key);
    for (const other of grown) queue.push({ count: pairs.get(other)?.count ?? 0, key: other });
    merges.push(pair);
  }
  return merges;
}

/** How often a pair occurs, and the words it occurs in (or did). */
interface Pair {
  count: number;
  readonly words: Set<Word>;
}
type Pairs = Map<number, Pair>;

function countPairs(words: readonly Word[]): Pairs {
  const pairs: Pairs = new Map();
  for (const word of words)
    for (let i = 1; i < word.ids.length; i++) addPair(pairs, pairKey(word.ids[i - 1], word.ids[i]), word);
  return pairs;
}

function addPair(pairs: Pairs, key: number, word: Word): void {
  const pair = pairs.get(key);
  if (pair === undefined) pairs.set(key, { count: word.count, words: new Set([word]) });
  else {
    pair.count += word.count;
    pair.words.add(word);
  }
}

/** Replaces each left-right of a word by `id`, from the left, and keeps the counts of the pairs around it. */
function mergeWord(
  word: Word,
  [left, right]: readonly [number, number],
  id: number,
  { pairs, grown }: { pairs: Pairs; grown: Set<number> },
): void {
  const add = (key: number) => {
    addPair(pairs, key, word);
    grown.add(key);
  };
  const remove = (key: number) => {
    pairs.get(key)!.count -= word.count;
  };
  const merged: number[] = [];
  for (let i = 0; i < word.ids.length; i++) {
    if (word.ids[i] !== left || word.ids[i + 1] !== right) {
      merged.push(word.ids[i]);
      continue;
    }
    const before = merged.at(-1);
    const after = word.ids[i + 2];
    if (before !== undefined) {
      remove(pairKey(before, left));
      add(pairKey(before, id));
    }
    if (after !== undefined) {
      remove(pairKey(right, after));
      add(pairKey(id, after));
    }
    merged.push(id);
    i++;
  }
  word.ids = merged;
}

/** Entries are not taken back when a count falls: an outdated one is put back with today's count when it comes up. */
function popMostFrequent(queue: PairQueue, pairs: Pairs): number | undefined {
  for (let top = queue.pop(); top !== undefined; top = queue.pop()) {
    const count = pairs.get(top.key)?.count ?? 0;
    if (count === top.count && count > 1) return top.key;
    if (count > 1 && count < top.count) queue.push({ count, key: top.key });
  }
  return undefined;
}

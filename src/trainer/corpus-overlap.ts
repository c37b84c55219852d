import type { Document, Halves } from './corpus.js';

// Text that stands in more than one document, seen through runs of 13 words (the length of Brown et al. 2020, appendix
// C, who looked for test sets in training text). One run in 4, chosen by its hash, is enough for these shares, and fewer
// where there is much text.

const RUN = 13;
const keepOneIn = (documents: readonly Pick<Document, 'text'>[]) =>
  Math.max(4, Math.ceil(documents.reduce((sum, { text }) => sum + text.length, 0) / 2e7));

/** Documents that share more than this part of the shorter one's runs are kept on one side of a split. */
const ALIKE = 0.05;

/** Hashes of the sampled runs of words; case and punctuation do not matter. */
function sampleRuns(text: string, oneIn: number): Set<number> {
  const words = (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map(hashWord);
  const runs = new Set<number>();
  for (let i = RUN; i <= words.length; i++) {
    let hash = 0;
    for (let k = i - RUN; k < i; k++) hash = Math.imul(hash ^ words[k], 0x9e3779b1) ^ (hash >>> 15);
    if ((hash >>> 0) % oneIn === 0) runs.add(hash);
  }
  return runs;
}

/** FNV-1a (Fowler, Noll and Vo 1991). */
function hashWord(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return hash;
}

/** Documents in groups: those that repeat much of each other, directly or through a third, are in one. */
export function groupAlike<D extends Pick<Document, 'text'>>(documents: readonly D[]): D[][] {
  const oneIn = keepOneIn(documents);
  const runs = documents.map(({ text }) => sampleRuns(text, oneIn));
  const leader = documents.map((_, i) => i);
  const find = (i: number): number => {
    while (leader[i] !== i) i = leader[i] = leader[leader[i]];
    return i;
  };
  for (const { i, j, shared } of countShared(runs))
    if (shared > ALIKE * Math.min(runs[i].size, runs[j].size)) leader[find(j)] = find(i);
  const groups = new Map<number, D[]>();
  documents.forEach((document, i) => {
    const group = groups.get(find(i));
    if (group) group.push(document);
    else groups.set(find(i), [document]);
  });
  return [...groups.values()];
}

/** How many runs document j shares with the document i that held them last before it: linear, however often a run occurs. */
function countShared(documents: readonly ReadonlySet<number>[]) {
  const last = new Map<number, number>();
  const pairs = new Map<number, { i: number; j: number; shared: number }>();
  documents.forEach((runs, j) => {
    for (const run of runs) {
      const i = last.get(run);
      last.set(run, j);
      if (i === undefined) continue;
      const pair = pairs.get(i * documents.length + j);
      if (pair) pair.shared++;
      else pairs.set(i * documents.length + j, { i, j, shared: 1 });
    }
  });
  return pairs.values();
}

/**
 * Share of the held-out text's runs of 13 words that occur in the training text too, in [0, 1]: the leak that remains.
 * Estimated from the runs that are sampled.
 */
export function estimateLeak({ train, heldOut }: Halves): number {
  const oneIn = keepOneIn(train);
  const seen = new Set<number>();
  for (const { text } of train) for (const run of sampleRuns(text, oneIn)) seen.add(run);
  const runs = heldOut.flatMap(({ text }) => [...sampleRuns(text, oneIn)]);
  return runs.length === 0 ? 0 : runs.filter(run => seen.has(run)).length / runs.length;
}

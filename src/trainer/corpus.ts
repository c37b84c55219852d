import { createHash } from 'node:crypto';
import { fail, mustBe, outsideRange, shown } from '../base/index.js';
import { groupAlike } from './corpus-overlap.js';

/** One text that stays whole: an address, a chapter, a part of a file. */
export interface Document {
  /** Names it within its corpus, e.g. `sotu/1861 Abraham Lincoln`. */
  readonly id: string;
  readonly text: string;
  /** What its source says of it, e.g. year, president and party. */
  readonly meta?: Readonly<Record<string, string | number>>;
}

/** Documents in two halves; no document is in both. */
export interface Halves {
  readonly train: readonly Document[];
  readonly heldOut: readonly Document[];
}

/** Text to learn from, split by document. */
export interface Corpus extends Halves {
  readonly name: string;
  /** Of every document's text in order, held out or not; of a joined corpus: of the joined ones' hashes. */
  readonly sha256: string;
}

/** Share of the documents that is held out. */
const HELD_OUT = 0.05;

/**
 * Splits documents into train and held out: those whose SHA-256 is smallest are held out. So the split depends on the
 * texts alone, not on a seed or on their order. Of equal texts one is kept; documents that repeat much of each other
 * stand on one side.
 *
 * @param share of the documents to hold out, in (0, 1); at least one is
 */
export function createCorpus(name: string, documents: readonly (Document | string)[], share = HELD_OUT): Corpus {
  if (!(share > 0 && share < 1)) fail(outsideRange('held-out share', '(0, 1)', share));
  const all = documents.map((document, i) => toDocument(name, document, i));
  const byHash = new Map(all.map(document => [hashTexts([document.text]), document]));
  const hashes = new Map(Array.from(byHash, ([hash, document]) => [document, hash]));
  const groups = groupAlike([...hashes.keys()]);
  if (groups.length < 2)
    fail(`corpus ${shown(name)} needs at least 2 documents that do not repeat each other, got ${groups.length}`);
  const held = pickHeldOut(groups, hashes, Math.min(Math.ceil(share * hashes.size), hashes.size - 1));
  const half = (wanted: boolean) => [...hashes.keys()].filter(document => held.has(document) === wanted);
  return { name, sha256: hashTexts(all.map(({ text }) => text)), train: half(false), heldOut: half(true) };
}

function toDocument(name: string, document: Document | string, i: number): Document {
  const whole = typeof document === 'string' ? { id: `${name}/${i + 1}`, text: document } : document;
  if (typeof whole?.text !== 'string') fail(mustBe(`document ${i + 1} of corpus ${shown(name)}`, 'a text', whole));
  return whole;
}

/** The groups of smallest hash that make up `most` documents or fewer; at least the smallest group. */
function pickHeldOut(groups: readonly Document[][], hashes: ReadonlyMap<Document, string>, most: number) {
  const first = (group: readonly Document[]) => group.map(document => hashes.get(document)!).sort()[0];
  const sorted = groups.map(group => ({ group, hash: first(group) })).sort((a, b) => (a.hash < b.hash ? -1 : 1));
  const held: Document[] = [];
  for (const { group } of sorted) if (held.length + group.length <= most) held.push(...group);
  const smallest = sorted.reduce((least, { group }) => (group.length < least.length ? group : least), sorted[0].group);
  return new Set(held.length > 0 ? held : smallest);
}

/** Corpora as one; each keeps its own split, so what one holds out is held out wherever it is joined. */
export function joinCorpora(name: string, corpora: readonly Corpus[]): Corpus {
  if (corpora.length === 1) return { ...corpora[0], name };
  return {
    name,
    sha256: hashTexts(corpora.map(({ sha256 }) => sha256)),
    train: corpora.flatMap(({ train }) => train),
    heldOut: corpora.flatMap(({ heldOut }) => heldOut),
  };
}

/** SHA-256 of texts, each ended by a zero byte, so that cutting them elsewhere gives another hash. */
export function hashTexts(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex');
}

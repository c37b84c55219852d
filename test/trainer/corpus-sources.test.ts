import { readFileSync } from 'node:fs';
import test from 'ava';
import { estimateLeak } from '../../src/trainer/corpus-overlap.js';
import { CORPORA, type CorpusName, DEFAULT_CORPUS, listCorpora, loadCorpus } from '../../src/trainer/corpus-sources.js';

const corpus = await loadCorpus(DEFAULT_CORPUS, { cache: null });
const every = [...corpus.train, ...corpus.heldOut];
const of = (name: string) => every.filter(({ id }) => id.startsWith(`${name}/`));
const find = (id: string) => every.find(document => document.id === id)!;

test('listCorpora() tells what the packages hold, to the byte', t => {
  for (const { name, documents, bytes } of listCorpora()) {
    t.is(of(name).length, documents, name);
    t.is(
      of(name).reduce((sum, { text }) => sum + Buffer.byteLength(text), 0),
      bytes,
      name,
    );
  }
  t.is(new Set(every.map(({ id }) => id)).size, every.length);
});

test('the packages of the corpora are installed in the versions listed', t => {
  const { optionalDependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  for (const source of listCorpora()) t.is(optionalDependencies[source.package], source.version);
});

test('the default corpus has all of them, more than 21 MB, and leaks little', t => {
  t.deepEqual(DEFAULT_CORPUS.split('+'), Object.keys(CORPORA));
  t.true(listCorpora().reduce((sum, { bytes }) => sum + bytes, 0) > 21e6);
  t.deepEqual([corpus.train.length, corpus.heldOut.length], [665, 37]);
  t.true(estimateLeak(corpus) < 0.015); // parallel passages of the Bible, phrases of one president
});

/** Control characters but new lines, replaced bytes, tags, entities, and what Project Gutenberg writes around a text. */
const DIRT = /[^\P{Cc}\n]|\ufffd|<[a-z/]|&[a-z]{2,};|\betext|gutenberg|small print/iu;

for (const name of Object.keys(CORPORA) as CorpusName[])
  test(`the text of ${name} is clean: no mark-up, no control characters, no word of Project Gutenberg`, t => {
    for (const { id, text } of of(name)) {
      t.true(text.length > 100, id);
      t.is(text.match(DIRT)?.[0], undefined, id);
    }
  });

test('moby-dick has the 139 chapters of the package, 7 of them held out, alone or joined', async t => {
  const { train, heldOut, sha256 } = await loadCorpus('moby-dick', { cache: null });
  t.deepEqual([train.length, heldOut.length], [132, 7]);
  t.is(sha256, CORPORA['moby-dick'].sha256);
  t.deepEqual(
    heldOut,
    corpus.heldOut.filter(({ id }) => id.startsWith('moby-dick/')),
  );
  const { text, meta } = find('moby-dick/4');
  t.true(text.startsWith('Call me Ishmael.'));
  t.deepEqual(meta, { author: 'Herman Melville', title: 'Moby-Dick', year: 1851, chapter: '1', heading: 'Loomings.' });
});

test('sotu tells year, president and party of an address', t => {
  const { text, meta } = find('sotu/1941 Franklin D Roosevelt');
  t.true(text.includes('freedom from fear'));
  t.deepEqual(meta, { year: 1941, president: 'Franklin D Roosevelt', party: 'Democratic' });
});

test('bible has the 66 books and 1189 chapters of the King James Version, without numbers', t => {
  const chapters = of('bible').map(({ text }) => text.trim().split('\n\n').length - 1);
  t.is(
    chapters.reduce((sum, count) => sum + count, 0),
    1189,
  );
  t.true(find('bible/1').text.includes('\n\nIn the beginning God created the heaven and the earth. And the earth'));
  const book = 'The Revelation of Saint John the Devine';
  t.deepEqual(find('bible/66').meta, { title: 'King James Bible', year: 1611, book });
  for (const { id, text } of of('bible')) t.notRegex(text, /\d/, id);
});

test('gutenberg has paragraphs of prose on one line, and verse line by line', t => {
  const { text, meta } = find('gutenberg/carroll-alice/1');
  t.true(text.startsWith('CHAPTER I. Down the Rabbit-Hole\n\nAlice was beginning to get very tired of sitting by her'));
  t.deepEqual(meta, { author: 'Lewis Carroll', title: "Alice's Adventures in Wonderland", year: 1865, chapter: 1 });
  t.true(text.includes("pictures or conversations in it, 'and what"));
  t.true(find('gutenberg/carroll-alice/2').text.includes("'How doth the little crocodile\nImprove his shining tail,"));
  t.true(find('gutenberg/milton-paradise/1').text.includes("Of Man's first disobedience, and the fruit\nOf that"));
});

test('gutenberg has every chapter of its novels, and all books of its poems', t => {
  const chapters = { 'austen-emma': 55, 'austen-persuasion': 24, 'austen-sense': 50, 'carroll-alice': 12 };
  const poems = { 'milton-paradise': 12, 'whitman-leaves': 35 };
  for (const [book, count] of Object.entries({ ...chapters, ...poems }))
    t.is(of(`gutenberg/${book}`).length, count, book);
});

test('docs/data.md has every corpus with its size, package and version', t => {
  const docs = readFileSync(new URL('../../docs/data.md', import.meta.url), 'utf8').split('\n');
  for (const { name, documents, bytes, package: carrier, version } of listCorpora()) {
    const row = docs.find(line => line.startsWith(`| \`${name}\` |`))!;
    for (const part of [`${documents} `, bytes.toLocaleString('en'), `${carrier} ${version}`])
      t.true(row.includes(part), name);
  }
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { createCorpus, type Document, joinCorpora } from '../../src/trainer/corpus.js';
import { loadTextCorpus } from '../../src/trainer/corpus-files.js';
import { estimateLeak } from '../../src/trainer/corpus-overlap.js';
import { loadCorpus } from '../../src/trainer/corpus-sources.js';

const documents = Array.from({ length: 60 }, (_, i) => `document ${i}`);
const texts = (half: readonly Document[]) => half.map(({ text }) => text).sort();

test('createCorpus() holds out by text alone: order and doubles do not matter', t => {
  const { heldOut, train } = createCorpus('plain', documents);
  const again = createCorpus('turned', [...documents].reverse().concat(documents));
  t.deepEqual(texts(again.heldOut), texts(heldOut));
  t.deepEqual([heldOut.length, train.length], [3, 57]);
});

test('createCorpus() leaves no document on both sides', t => {
  const { heldOut, train } = createCorpus('doubled', documents.concat(documents), 0.3);
  t.is(new Set(texts([...heldOut, ...train])).size, heldOut.length + train.length);
});

test('createCorpus() leaves at least one document on either side', t => {
  const { heldOut, train } = createCorpus('two', ['a', 'b'], 0.999);
  t.deepEqual([heldOut.length, train.length], [1, 1]);
});

/** Text of its own: every word occurs once. */
const ownText = (name: string, from: number, count: number) =>
  Array.from({ length: count }, (_, i) => `${name}${from + i}`).join(' ');

test('createCorpus() keeps documents that repeat each other on one side, through a third as well', t => {
  const chain = [0, 1, 2].map(i => ownText('chain', 300 * i, 400)); // each shares 100 words with the next
  const others = Array.from({ length: 20 }, (_, i) => ownText(`own${i}w`, 0, 400));
  for (const share of [0.1, 0.3, 0.5, 0.7, 0.9]) {
    const corpus = createCorpus('chained', [...others, ...chain], share);
    const held = texts(corpus.heldOut).filter(text => chain.includes(text)).length;
    t.true(held === 0 || held === 3, `${held} at ${share}`);
    t.is(corpus.heldOut.length + corpus.train.length, 23);
    t.is(estimateLeak(corpus), 0);
  }
});

test('createCorpus() lets documents that share a quotation of 2 % stand on either side', t => {
  const quoting = Array.from({ length: 20 }, (_, i) => `${ownText('quoted', 0, 30)} ${ownText(`own${i}w`, 0, 1500)}`);
  t.is(createCorpus('quoting', quoting, 0.25).heldOut.length, 5);
});

test('estimateLeak() is the share of held-out runs of 13 words that training text has, whatever the case and commas', t => {
  const document = (text: string) => ({ id: text.slice(0, 9), text });
  const heldOut = [document(`${ownText('seen', 0, 3000)}. ${ownText('new', 0, 9000)}`)];
  const train = [document(ownText('SEEN', 0, 3000).replaceAll(' ', ', ')), document(ownText('else', 0, 100))];
  const exact = (3000 - 12) / (12_000 - 12);
  t.true(Math.abs(estimateLeak({ train, heldOut }) - exact) < 0.03);
  t.is(estimateLeak({ train: train.slice(1), heldOut }), 0);
});

test('the fingerprint of a corpus changes with its text and with where documents end', t => {
  const of = (texts: string[]) => createCorpus('x', texts).sha256;
  t.is(new Set([of(['ab', 'c']), of(['a', 'bc']), of(['ab', 'd'])]).size, 3);
});

test('joinCorpora() holds out what each part holds out alone', t => {
  const parts = [
    createCorpus('a', documents),
    createCorpus(
      'b',
      documents.slice(0, 40).map(text => `${text}!`),
    ),
  ];
  const joined = joinCorpora('a+b', parts);
  t.deepEqual(texts(joined.heldOut), texts(parts.flatMap(({ heldOut }) => heldOut)));
  t.false(parts.some(({ sha256 }) => sha256 === joined.sha256));
});

const folder = mkdtempSync(join(tmpdir(), 'shapelaw-corpus-'));
test.after.always(() => rmSync(folder, { recursive: true }));

/** The documents that a file is cut into, in order. */
function cutFile(text: string): { file: string; parts: Document[] } {
  const file = join(folder, 'some.txt');
  writeFileSync(file, text);
  const { train, heldOut } = loadTextCorpus('mine', [file]);
  return { file, parts: [...train, ...heldOut].sort((a, b) => Number(a.meta?.part) - Number(b.meta?.part)) };
}
const joined = (parts: readonly Document[]) => parts.map(({ text }) => text).join('');

test('loadTextCorpus() cuts a long file into documents of whole paragraphs', t => {
  const text = Array.from({ length: 100 }, (_, i) => `${ownText(`p${i}w`, 0, 200)}\n\n`).join('');
  const { file, parts } = cutFile(text);
  t.is(joined(parts), text);
  t.true(parts.slice(0, -1).every(part => part.text.length >= 20_000 && part.text.endsWith('\n\n')));
  t.deepEqual([parts[1].id, parts[1].meta], [`${file}#2`, { file, part: 2 }]);
});

test('loadTextCorpus() cuts text without empty lines between lines, else between words, else anywhere', t => {
  for (const [text, end] of [
    [Array.from({ length: 5000 }, (_, i) => `line ${i} of it\n`).join(''), /\n$/],
    [ownText('word', 0, 9000), / $/],
    [Array.from({ length: 30_000 }, (_, i) => String.fromCodePoint(0x20000 + i)).join(''), /^[^\p{Cs}]+$/u],
  ] as const) {
    const { parts } = cutFile(text);
    t.true(parts.length >= 3);
    t.is(joined(parts), text);
    for (const part of parts.slice(0, -1)) {
      t.regex(part.text, end);
      t.true(part.text.length >= 20_000 && part.text.length <= 40_000);
    }
  }
});

const refused = (title: string, act: () => unknown, message: RegExp) =>
  test(title, async t => {
    const error = await t.throwsAsync(async () => act(), { instanceOf: InputError });
    t.regex(error.message, message);
    t.notRegex(error.message, /\n/);
  });

refused('loadCorpus(moby-duck) names the corpus meant', () => loadCorpus('moby-duck'), /did you mean moby-dick\?/);
refused('loadTextCorpus() of no file says so', () => loadTextCorpus('m', ['no.txt']), /^no\.txt must be .*ENOENT$/);
refused('createCorpus() of one document is refused', () => createCorpus('one', ['a', 'a']), /at least 2 .* got 1$/);
refused(
  'createCorpus() of documents that all repeat each other is refused',
  () => createCorpus('same', [ownText('w', 0, 400), ownText('w', 10, 400)]),
  /^corpus "same" needs at least 2 documents that do not repeat each other, got 1$/,
);
refused(
  'createCorpus(share 1) is refused',
  () => createCorpus('all', documents, 1),
  /^held-out share must be in \(0, 1\)/,
);
refused(
  'createCorpus() of something else than texts is refused',
  () => createCorpus('odd', ['a', 3 as unknown as string]),
  /^document 2 of corpus "odd" must be a text, got 3$/,
);
refused(
  'loadTextCorpus() of bytes that are no UTF-8 is refused',
  () => {
    const file = join(folder, 'latin1.txt');
    writeFileSync(file, Buffer.from([0x63, 0x61, 0x66, 0xe9]));
    return loadTextCorpus('m', [file]);
  },
  /latin1\.txt must be UTF-8 text/,
);

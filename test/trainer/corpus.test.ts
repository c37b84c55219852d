import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { createCorpus, loadCorpus, loadTextCorpus } from '../../src/trainer/index.js';

test('loadCorpus(moby-dick) has the 139 chapters of the package', async t => {
  const { train, heldOut, sha256 } = await loadCorpus('moby-dick');
  t.deepEqual([train.length, heldOut.length], [132, 7]);
  t.true(train.some(text => text.includes('Call me Ishmael')));
  t.is(sha256, 'dc558c830a79cbd0be4dd2ab0c7b36aa20aef2518ea200be0edfc47c70c7b14f');
});

const documents = Array.from({ length: 60 }, (_, i) => `document ${i}`);

test('createCorpus() holds out by text alone: order and doubles do not matter', t => {
  const { heldOut, train } = createCorpus('plain', documents);
  const again = createCorpus('turned', [...documents].reverse().concat(documents));
  t.deepEqual([...again.heldOut].sort(), [...heldOut].sort());
  t.deepEqual([heldOut.length, train.length], [3, 57]);
});

test('createCorpus() leaves no document on both sides', t => {
  const { heldOut, train } = createCorpus('doubled', documents.concat(documents), 0.3);
  t.is(new Set([...heldOut, ...train]).size, heldOut.length + train.length);
});

test('the fingerprint of a corpus changes with its text and with where documents end', t => {
  const of = (texts: string[]) => createCorpus('x', texts).sha256;
  t.is(new Set([of(['ab', 'c']), of(['a', 'bc']), of(['ab', 'd'])]).size, 3);
});

const folder = mkdtempSync(join(tmpdir(), 'shapelaw-corpus-'));
test.after.always(() => rmSync(folder, { recursive: true }));

test('loadTextCorpus() cuts a long file into documents of whole paragraphs', t => {
  const file = join(folder, 'long.txt');
  const paragraphs = Array.from({ length: 100 }, (_, i) => `${i} ${'word '.repeat(200)}\n\n`);
  writeFileSync(file, paragraphs.join(''));
  const { train, heldOut } = loadTextCorpus('mine', [file]);
  t.is(train.length + heldOut.length, 5);
  t.true([...train, ...heldOut].every(text => text.length >= 20_000 && text.endsWith('\n\n')));
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
  'createCorpus(share 1) is refused',
  () => createCorpus('all', documents, 1),
  /^held-out share must be in \(0, 1\)/,
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

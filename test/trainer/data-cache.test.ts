import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { createCorpus } from '../../src/trainer/corpus.js';
import { loadCorpus } from '../../src/trainer/corpus-sources.js';
import { loadTrainingData, prepareData } from '../../src/trainer/data.js';
import { CACHE_VERSION, cacheFolder, type Kept, keep } from '../../src/trainer/data-cache.js';
import { nanoCorpus } from './nano.js';

const root = mkdtempSync(join(tmpdir(), 'shapelaw-cache-'));
test.after.always(() => rmSync(root, { recursive: true }));
let folders = 0;
const freshFolder = () => join(root, String(folders++));

const kept: Kept = {
  tensors: new Map([['ids', { dims: [3], values: Int32Array.of(1, 2, 3) }]]),
  metadata: { about: 'é' },
};
/** Keeps, and says whether it had to make. */
function keepCounting(cache: string | null, decides: readonly unknown[] = ['a', 1]) {
  let made = 0;
  const result = keep('test', decides, () => ({ ...kept, made: ++made }), { cache });
  return { result, made };
}

test('keep() makes once, and then reads the same', t => {
  const cache = freshFolder();
  t.is(keepCounting(cache).made, 1);
  const again = keepCounting(cache);
  t.is(again.made, 0);
  t.deepEqual([again.result.tensors, again.result.metadata], [kept.tensors, kept.metadata]);
});

test('keep() makes anew where anything that decides differs', t => {
  const cache = freshFolder();
  t.deepEqual(
    [
      ['a', 1],
      ['a', 2],
      ['b', 1],
      ['a', '1'],
    ].map(decides => keepCounting(cache, decides).made),
    [1, 1, 1, 1],
  );
  t.is(readdirSync(join(cache, 'data')).length, 4);
});

const damages: Record<string, (file: string) => void> = {
  'one bit changed': file => {
    const bytes = readFileSync(file);
    bytes[bytes.length - 34] ^= 1; // in the last tensor
    writeFileSync(file, bytes);
  },
  'cut off': file => writeFileSync(file, readFileSync(file).subarray(0, -9)),
  'longer than written': file => appendFileSync(file, 'x'),
  empty: file => writeFileSync(file, ''),
};
for (const [damage, act] of Object.entries(damages))
  test(`keep() makes anew what is ${damage}, and mends the file`, t => {
    const cache = freshFolder();
    keepCounting(cache);
    act(join(cache, 'data', readdirSync(join(cache, 'data'))[0]));
    t.deepEqual([keepCounting(cache).made, keepCounting(cache).made], [1, 0]);
  });

test('keep() goes on where the cache cannot be written', t => {
  const file = join(root, 'a file, no folder');
  writeFileSync(file, '');
  t.is(keepCounting(file).made, 1);
  t.is(keepCounting(null).made, 1);
  t.is(readFileSync(file, 'utf8'), '');
});

test('keep() removes what killed processes left half written, and nothing of living ones', t => {
  const cache = freshFolder();
  keepCounting(cache);
  const name = (pid: number) => `.partial-${hostname()}-${pid}`;
  const [dead, living] = [2 ** 22 + 1, process.ppid]; // beyond the largest id that Linux gives
  for (const pid of [dead, living]) writeFileSync(join(cache, 'data', name(pid)), 'half');
  keepCounting(cache, ['another']);
  const there = readdirSync(join(cache, 'data'));
  t.deepEqual([there.includes(name(dead)), there.includes(name(living))], [false, true]);
});

test('cacheFolder() is that of set-up: XDG where absolute, else ~/.cache', t => {
  t.is(cacheFolder({ XDG_CACHE_HOME: '/x/y' }), '/x/y/shapelaw');
  t.true(cacheFolder({ XDG_CACHE_HOME: 'y' }).endsWith('/.cache/shapelaw'));
  t.is(cacheFolder({ XDG_CACHE_HOME: 'y' }), cacheFolder({}));
});

test('loadTrainingData() from the cache is what prepareData() makes', async t => {
  const options = { vocabSize: 300, encLen: 20, evalWindows: 10 };
  const plain = (data: unknown) => JSON.parse(JSON.stringify(data));
  const cache = freshFolder();
  const made = plain(prepareData(nanoCorpus(), options));
  for (let i = 0; i < 2; i++) t.deepEqual(plain(await loadTrainingData(nanoCorpus(), { ...options, cache })), made);
  t.is(readdirSync(join(cache, 'data')).length, 1);
  const longer = await loadTrainingData(nanoCorpus(), { ...options, encLen: 40, cache });
  t.deepEqual(plain(longer), plain(prepareData(nanoCorpus(), { ...options, encLen: 40 })));
  t.is(readdirSync(join(cache, 'data')).length, 1); // encLen changes no id
});

test('loadTrainingData() tells splits of the same texts apart', async t => {
  const texts = Array.from({ length: 9 }, (_, i) => Array.from({ length: 50 + i }, (_, k) => `word${i}${k}`).join(' '));
  const options = { vocabSize: 300, encLen: 8, cache: freshFolder() };
  for (const share of [0.1, 0.5]) {
    const corpus = createCorpus('x', texts, share);
    t.deepEqual((await loadTrainingData(corpus, options)).tokens, prepareData(corpus, options).tokens);
  }
});

test('loadCorpus() from the cache is what the package gives, documents and all', async t => {
  const cache = freshFolder();
  const fresh = await loadCorpus('moby-dick', { cache: null });
  for (let i = 0; i < 2; i++) t.deepEqual(await loadCorpus('moby-dick', { cache }), fresh);
});

test('the split, merges and ids of Moby-Dick are those of version 1: where they change, so must CACHE_VERSION', async t => {
  const corpus = await loadCorpus('moby-dick', { cache: null });
  const { tokenizer, tokens } = prepareData(corpus, { vocabSize: 600 });
  const hash = createHash('sha256').update(JSON.stringify([corpus.heldOut.map(({ id }) => id), tokenizer.merges]));
  const found = [CACHE_VERSION, hash.update(tokens).digest('hex').slice(0, 16)];
  t.deepEqual(found, [1, 'ebf1aee240413949']);
});

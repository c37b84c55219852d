import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { createCorpus } from '../../src/trainer/corpus.js';
import { prepareData } from '../../src/trainer/data.js';
import { type BatchPosition, createBatches } from '../../src/trainer/data-batches.js';
import { nanoCorpus } from './nano.js';

const OPTIONS = { vocabSize: 300, encLen: 20, evalWindows: 10 };
const data = prepareData(nanoCorpus(), OPTIONS);

test('prepareData() fixes the held-out windows: the same corpus gives the same fingerprint', t => {
  const again = prepareData(nanoCorpus(), OPTIONS);
  t.is(again.heldOut.fingerprint, data.heldOut.fingerprint);
  t.not(prepareData(nanoCorpus(), { ...OPTIONS, vocabSize: 310 }).heldOut.fingerprint, data.heldOut.fingerprint);
  t.is(data.heldOut.tokens, 10 * data.plan.decLen);
});

test('prepareData() keeps the documents of both halves, with what is known of them', t => {
  const documents = ['one', 'two', 'three'].map((word, i) => ({
    id: `d/${word}`,
    text: `${word} `.repeat(200 + i),
    meta: { year: 1900 + i },
  }));
  const { documents: halves } = prepareData(createCorpus('d', documents), OPTIONS);
  t.deepEqual([halves.train.length, halves.heldOut.length], [2, 1]);
  const byYear = [...halves.train, ...halves.heldOut].sort((a, b) => Number(a.meta?.year) - Number(b.meta?.year));
  t.deepEqual(byYear, documents);
});

/** Three windows and two tokens more, so that an epoch has three batches of one. */
const { window } = data.plan;
const short = { ...data, tokens: data.tokens.slice(0, 3 * window + 2) };

test('createBatches() takes every window of an epoch once before the next', t => {
  const { encoder, encLen } = createBatches(short, 3, { seed: 4 }).next();
  const texts = [0, 1, 2].map(row => data.tokenizer.decode(encoder.subarray(row * encLen, (row + 1) * encLen)));
  t.is(new Set(texts).size, 3);
});

test('createBatches() has full rows of text ended by eos, and no padding', t => {
  const { encoder, targets, encLen, decLen } = createBatches(data, 5, { seed: 4 }).next();
  t.deepEqual([encoder.length, targets.length], [5 * encLen, 5 * decLen]);
  t.false(encoder.includes(0) || targets.includes(0));
  for (let row = 1; row <= 5; row++) t.deepEqual([encoder[row * encLen - 1], targets[row * decLen - 1]], [1, 1]);
});

test('createBatches(seed) repeats with the seed and differs between seeds', t => {
  const first = (seed: number) => createBatches(data, 2, { seed }).next().encoder;
  t.deepEqual(first(1), first(1));
  t.notDeepEqual(first(1), first(2));
});

test('createBatches(position) goes on to the bit, within an epoch and into later ones', t => {
  const whole = createBatches(short, 2, { seed: 9 });
  for (let step = 0; step < 8; step++) {
    const position: BatchPosition = JSON.parse(JSON.stringify(whole.position()));
    const resumed = createBatches(short, 2, position);
    t.deepEqual(resumed.position(), whole.position());
    t.deepEqual(resumed.next(), whole.next(), `step ${step}`);
    t.deepEqual(resumed.position(), whole.position());
  }
  t.true(whole.position().epoch >= 4);
});

test('createBatches() draws the same windows whatever the batch size', t => {
  const rows = (size: number, batches: number) => {
    const stream = createBatches(short, size, { seed: 2 });
    return Array.from({ length: batches }, () => [...stream.next().encoder]).flat();
  };
  t.deepEqual(rows(1, 6), rows(3, 2));
});

test('createBatches() corrupts a window anew in every epoch', t => {
  const longer = prepareData(nanoCorpus(), { ...OPTIONS, encLen: 60 });
  const single = { ...longer, tokens: longer.tokens.slice(0, longer.plan.window) }; // one window, cut at one place
  const stream = createBatches(single, 1, { seed: 3 });
  t.is(new Set(Array.from({ length: 6 }, () => stream.next().encoder.join())).size, 6);
});

test('createBatches() refuses text shorter than a window', t => {
  const tokens = data.tokens.slice(0, window - 1);
  const error = t.throws(() => createBatches({ ...data, tokens }, 1, { seed: 3 }), { instanceOf: InputError });
  t.is(error.message, `training text must have at least ${window} tokens, a window, got ${window - 1}`);
});

test('prepareData() refuses a corpus that is too short, in one line', t => {
  const error = t.throws(() => prepareData(createCorpus('short', ['a', 'b'])), { instanceOf: InputError });
  t.is(error.message, 'corpus short needs at least 282 tokens in its training half, got 1');
});

test('prepareData() refuses windows that need more sentinels than there are', t => {
  const error = t.throws(() => prepareData(nanoCorpus(), { encLen: 1024 }), { instanceOf: InputError });
  t.regex(error.message, /^enc_len must need at most 32 spans/);
});

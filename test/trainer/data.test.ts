import test from 'ava';
import { createRandom, InputError } from '../../src/base/index.js';
import { createCorpus, prepareData, trainBatches } from '../../src/trainer/index.js';
import { nanoCorpus } from './nano.js';

const OPTIONS = { vocabSize: 300, encLen: 20, evalWindows: 10 };
const data = prepareData(nanoCorpus(), OPTIONS);

test('prepareData() fixes the held-out windows: the same corpus gives the same fingerprint', t => {
  const again = prepareData(nanoCorpus(), OPTIONS);
  t.is(again.heldOut.fingerprint, data.heldOut.fingerprint);
  t.not(prepareData(nanoCorpus(), { ...OPTIONS, vocabSize: 310 }).heldOut.fingerprint, data.heldOut.fingerprint);
  t.is(data.heldOut.tokens, 10 * data.plan.decLen);
});

test('trainBatches() takes every window of an epoch once before the next', t => {
  const { window } = data.plan;
  const { tokens, tokenizer } = data;
  const inOrder = { ...data, tokens: Int32Array.from({ length: 3 * window + 2 }, (_, i) => tokens[i]) };
  const batch = trainBatches(inOrder, 3, createRandom(4)).next().value;
  const texts = [0, 1, 2].map(row => [...batch.encoder.subarray(row * batch.encLen, (row + 1) * batch.encLen)]);
  t.is(new Set(texts.map(ids => tokenizer.decode(ids))).size, 3);
});

test('trainBatches() has full rows of text ended by eos, and no padding', t => {
  const { encoder, targets, encLen, decLen } = trainBatches(data, 5, createRandom(4)).next().value;
  t.deepEqual([encoder.length, targets.length], [5 * encLen, 5 * decLen]);
  t.false(encoder.includes(0) || targets.includes(0));
  for (let row = 1; row <= 5; row++) t.deepEqual([encoder[row * encLen - 1], targets[row * decLen - 1]], [1, 1]);
});

test('trainBatches(seed) repeats with the seed and differs between seeds', t => {
  const first = (seed: number) => trainBatches(data, 2, createRandom(seed)).next().value.encoder;
  t.deepEqual(first(1), first(1));
  t.notDeepEqual(first(1), first(2));
});

test('prepareData() refuses a corpus that is too short, in one line', t => {
  const error = t.throws(() => prepareData(createCorpus('short', ['a', 'b'])), { instanceOf: InputError });
  t.is(error.message, 'corpus short needs at least 282 tokens in its training half, got 1');
});

test('prepareData() refuses windows that need more sentinels than there are', t => {
  const error = t.throws(() => prepareData(nanoCorpus(), { encLen: 1024 }), { instanceOf: InputError });
  t.regex(error.message, /^enc_len must need at most 32 spans/);
});

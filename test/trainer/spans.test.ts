import test from 'ava';
import { mean } from 'simple-statistics';
import { createRandom, InputError } from '../../src/base/index.js';
import { corruptSpans, noiseMask, planSpans } from '../../src/trainer/index.js';
import { spanLengths } from '../../src/trainer/spans.js';

test("planSpans(512) gives T5's own 568 raw tokens and 114 targets", t => {
  // t5, preprocessors.random_spans_helper: "tokens_length = 568, targets_length = 114" for inputs of 512
  t.like(planSpans(512), { window: 568, encLen: 512, decLen: 114 });
});

test('planSpans(128) turns 141 raw tokens into 128 and 29', t => {
  t.deepEqual(planSpans(128), { window: 141, noise: 21, spans: 7, encLen: 128, decLen: 29 });
});

test('planSpans(encLen) meets every length', t => {
  for (let encLen = 3; encLen < 700; encLen++) t.is(planSpans(encLen).encLen, encLen);
});

test('spanLengths(window) rounds halves to even, as the reference does', t => {
  t.deepEqual([spanLengths(10).noise, spanLengths(30).noise], [2, 4]); // 1.5 and 4.5
});

const masks = (count: number) => {
  const random = createRandom(3);
  return Array.from({ length: count }, () => noiseMask(planSpans(128), random));
};

test('noiseMask() cuts exactly 21 tokens in 7 spans, the last one at the end', t => {
  for (const mask of masks(200)) {
    t.is(
      mask.reduce((a, b) => a + b, 0),
      21,
    );
    t.is(mask.filter((cut, i) => cut === 1 && mask[i - 1] === 0).length, 7);
    t.deepEqual([mask[0], mask[140]], [0, 1]);
  }
});

test('noiseMask() draws every cut into spans equally often', t => {
  // 21 tokens in 7 spans: the first has length 1 in C(19,5) of C(20,6) cuts, 30 %
  const firstIsOne = masks(20_000).map(mask => (mask[mask.indexOf(1) + 1] === 0 ? 1 : 0));
  t.true(Math.abs(mean(firstIsOne) - 0.3) < 0.0114); // 3.5 standard errors
});

test('corruptSpans() gives the example of Raffel et al. 2020, figure 2', t => {
  // Thank you <for inviting> me to your party <last> week; the words are 10 to 19, sentinels 99 and 98
  const { encoder, targets } = corruptSpans(
    [10, 11, 12, 13, 14, 15, 16, 17, 18, 19],
    [0, 0, 1, 1, 0, 0, 0, 0, 1, 0],
    k => 99 - k,
  );
  t.deepEqual(encoder, [10, 11, 99, 14, 15, 16, 17, 98, 19, 1]);
  t.deepEqual(targets, [99, 12, 13, 98, 18, 97, 1]);
});

test('corruptSpans() loses no token', t => {
  const ids = Array.from({ length: 141 }, (_, i) => 100 + i);
  for (const mask of masks(50)) {
    const { encoder, targets } = corruptSpans(ids, mask, k => 99 - k);
    t.deepEqual([encoder.length, targets.length], [128, 29]);
    t.deepEqual(
      [...encoder, ...targets].filter(id => id >= 100).sort((a, b) => a - b),
      ids,
    );
  }
});

for (const encLen of [2, 0.5, Number.NaN])
  test(`planSpans(${encLen}) is refused in one line`, t => {
    const error = t.throws(() => planSpans(encLen), { instanceOf: InputError });
    t.regex(error.message, /^enc_len must be an integer from 3 and up, got/);
  });

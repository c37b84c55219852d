import test from 'ava';
import { completeSpans, readSpans } from '../../src/trainer/complete.js';
import type { Engine } from '../../src/trainer/index.js';
import { EOS } from '../../src/trainer/tokenizer.js';
import { NANO } from './nano.js';
import { createToyEngine, toyData, toyWorkshop } from './toy.js';

const data = toyData();
const { tokenizer, plan } = data;

/** A model that finds one id likeliest everywhere. */
const complete = (likeliest: number) =>
  completeSpans({ shape: NANO, params: new Map([['weights', new Float32Array(256)]]), data }, 2, {
    ...toyWorkshop(),
    createEngine: async (options): Promise<Engine> => ({
      ...createToyEngine(options),
      logits: ({ size, decLen }) =>
        Float32Array.from({ length: size * decLen * NANO.vocab_size }, (_, i) =>
          i % NANO.vocab_size === likeliest ? 1 : i % NANO.vocab_size === W ? 0.5 : 0,
        ),
    }),
  });
const [W] = tokenizer.encode('w');

test('completeSpans() shows held-out text whose gaps, filled, are the text', async t => {
  const held = data.documents.heldOut.map(({ text }) => text).join('');
  for (const { text, gaps } of await complete(W)) {
    t.is(gaps.length, plan.spans);
    const whole = gaps.reduce((filled, { was }, k) => filled.replace(`[${k + 1}]`, was), text);
    t.true(held.includes(whole), whole);
  }
});

test('completeSpans() fills a gap with at least one token and with no more than there is room for', async t => {
  t.deepEqual(
    (await complete(EOS)).map(({ gaps }) => gaps[0].filled),
    ['w', 'w'],
  );
  t.is(plan.noise, 3);
  t.deepEqual(
    (await complete(W)).map(({ gaps }) => gaps[0].filled),
    ['www', 'www'],
  );
});

test('readSpans() has what was written after each sentinel, and nothing for one that was left out', t => {
  const ids = (text: string) => [...tokenizer.encode(text)];
  const written = [tokenizer.sentinel(0), ...ids(' whale'), tokenizer.sentinel(2), ...ids('ship'), EOS, ...ids('more')];
  t.deepEqual(readSpans(written, 4, tokenizer), [' whale', '', 'ship', '']);
  t.deepEqual(readSpans(ids('no sentinel'), 1, tokenizer), ['']);
});

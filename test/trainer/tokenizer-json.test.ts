import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'ava';
import fc from 'fast-check';
import { InputError } from '../../src/base/index.js';
import { createTokenizer, trainTokenizer } from '../../src/trainer/tokenizer.js';
import { parseTokenizerJson, tokenizerJson } from '../../src/trainer/tokenizer-json.js';
import { HARD, moby } from './tokenizer-strings.js';

// Made by Hugging Face's `tokenizers`: test/trainer/fixtures/tokenizer_golden.py.
interface Golden {
  readonly size: number;
  /** Of all strings together: with our vocabulary, and with the one that the library learned from the same text. */
  readonly ids: number;
  readonly ids_learned: number;
  readonly sha256: string;
  readonly hard: readonly (readonly number[])[];
  readonly with_eos: readonly number[];
  readonly specials: readonly number[];
}
const { golden, saved }: { golden: Golden[]; saved: string } = JSON.parse(
  readFileSync(new URL('fixtures/tokenizer_golden.json', import.meta.url), 'utf8'),
);
const { tokenizers, strings } = await moby();

golden.forEach((theirs, i) => {
  const ours = tokenizers[i];

  test(`tokenizers gives the ids of encode() for 1000 held-out strings, with our tokenizer.json of ${theirs.size}`, t => {
    const hash = createHash('sha256');
    let count = 0;
    for (const ids of strings.map(ours.encode)) {
      hash.update(Int32Array.of(ids.length)).update(ids);
      count += ids.length;
    }
    t.deepEqual([ours.size, count, hash.digest('hex')], [theirs.size, theirs.ids, theirs.sha256]);
  });

  test(`tokenizers gives the ids of encode() for white space, scripts and long runs, with ${theirs.size} ids`, t => {
    t.deepEqual(
      HARD.map(text => [...ours.encode(text)]),
      theirs.hard,
    );
  });

  test(`a vocabulary of ${theirs.size} codes held-out text in as many ids as the one tokenizers learns`, t => {
    t.is(theirs.ids, theirs.ids_learned);
  });

  test(`in a tokenizer.json of ${theirs.size} the specials have our ids, and a text ends in </s>`, t => {
    const [pad, eos, unk, first, ...rest] = theirs.specials;
    t.deepEqual([pad, eos, unk, first, rest.at(-1)], [0, 1, 2, ours.sentinel(0), ours.sentinel(31)]);
    t.deepEqual(theirs.with_eos, [...ours.encode('Call me Ishmael.'), 1]);
  });
});

test('parseTokenizerJson() reads what tokenizerJson() wrote, and what Python saved of it', t => {
  const [small] = tokenizers;
  t.deepEqual(parseTokenizerJson(tokenizerJson(small), 'x').merges, small.merges);
  t.deepEqual(parseTokenizerJson(saved, 'x').merges, small.merges);
});

test('a vocabulary never spells a piece twice, also where words are of few letters', t => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[ab]{1,14}$/), { minLength: 1, maxLength: 8 }), words => {
      const tokenizer = trainTokenizer(words, 330);
      const { vocab } = JSON.parse(tokenizerJson(tokenizer)).model;
      t.is(Object.keys(vocab).length, tokenizer.size);
    }),
    { seed: 1, numRuns: 200 },
  );
});

const other = (change: (file: ReturnType<typeof JSON.parse>) => void) => {
  const file = JSON.parse(tokenizerJson(createTokenizer([[100, 101]])));
  change(file);
  return JSON.stringify(file);
};
for (const [what, text] of Object.entries({
  'no JSON': '{',
  'a file without merges': '{}',
  'merges of unknown pieces': other(file => file.model.merges.push('zz y')),
  'other words': other(file => file.pre_tokenizer.pretokenizers.pop()),
  'other ids': other(file => {
    file.model.vocab.z = 7;
  }),
}))
  test(`parseTokenizerJson() refuses ${what}, in one line`, t => {
    const error = t.throws(() => parseTokenizerJson(text, 'a/tokenizer.json'), { instanceOf: InputError });
    t.regex(error.message, /^a\/tokenizer\.json must be a tokenizer\.json that shapelaw wrote, got .+$/);
  });

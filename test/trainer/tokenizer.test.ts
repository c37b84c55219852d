import test from 'ava';
import fc from 'fast-check';
import { InputError } from '../../src/base/index.js';
import { createTokenizer, trainTokenizer } from '../../src/trainer/index.js';
import { nanoCorpus } from './nano.js';

const nanoTexts = nanoCorpus().train.map(({ text }) => text);
const tokenizer = trainTokenizer(nanoTexts, 330);

test('decode(encode(text)) is the text, for any text', t => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 200 }),
      text => tokenizer.decode(tokenizer.encode(text)) === text,
    ),
    { seed: 1, numRuns: 500 },
  );
  for (const text of ['\uFEFFbyte order mark', 'a\r\n\u2028b\0', ' '.repeat(100), '漢'.repeat(100), '👩‍👧', ''])
    t.is(tokenizer.decode(tokenizer.encode(text)), text);
});

test('trainTokenizer() merges the most frequent pair first, ties to the smaller ids', t => {
  // the classic example of byte-pair encoding: aaabdaaabac -> aa, then a tie of (aa, a) and (a, b): the smaller ids win
  const { merges } = trainTokenizer(['aaabdaaabac'], 294);
  const id = (letter: string) => 3 + letter.charCodeAt(0);
  t.deepEqual(merges, [
    [id('a'), id('a')],
    [id('a'), id('b')],
    [259, 260],
  ]);
});

test('trainTokenizer() learns the merges of a tokenizer that counts anew at every step', t => {
  const texts = nanoTexts;
  t.deepEqual(trainTokenizer(texts, 330).merges, countAnew(texts.join('').match(/ ?[A-Za-z]+| ?\.| $/g)!, 330 - 291));
});

test('trainTokenizer() learns the same merges from runs of few letters, where pairs overlap', t => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[ab]{1,12}$/), { minLength: 1, maxLength: 6 }), words => {
      const { merges } = trainTokenizer(words, 320);
      t.deepEqual(merges, countAnew(words, 320 - 291));
    }),
    { seed: 1, numRuns: 300 },
  );
});

/** Byte-pair encoding in its plainest form: count all pairs, merge the most frequent, repeat. */
function countAnew(words: readonly string[], limit: number) {
  const merges: [number, number][] = [];
  let ids = words.map(word => [...word].map(letter => 3 + letter.charCodeAt(0)));
  while (merges.length < limit) {
    const counts = new Map<string, number>();
    for (const word of ids)
      for (let i = 1; i < word.length; i++)
        counts.set(`${word[i - 1]} ${word[i]}`, (counts.get(`${word[i - 1]} ${word[i]}`) ?? 0) + 1);
    const ranked = [...counts].map(([pair, count]) => ({ pair: pair.split(' ').map(Number), count }));
    ranked.sort((a, b) => b.count - a.count || a.pair[0] - b.pair[0] || a.pair[1] - b.pair[1]);
    if (!(ranked[0]?.count > 1)) break;
    const [left, right] = ranked[0].pair;
    ids = ids.map(word => replace(word, [left, right], 259 + merges.length));
    merges.push([left, right]);
  }
  return merges;
}

function replace([first, ...rest]: number[], [left, right]: [number, number], id: number): number[] {
  if (rest.length === 0) return [first];
  if (first === left && rest[0] === right)
    return [id, ...(rest.length > 1 ? replace(rest.slice(1), [left, right], id) : [])];
  return [first, ...replace(rest, [left, right], id)];
}

test("ids stand in T5's order: pad, eos, unk, pieces, and sentinels from the last id downward", t => {
  t.is(tokenizer.size, 330);
  t.is(tokenizer.sentinel(0), 329);
  t.is(tokenizer.decode([0, 1, 2, 3 + 65, 329, 298]), '</s><unk>A<extra_id_0><extra_id_31>');
});

test('createTokenizer(merges) encodes as the trained one does', t => {
  const text = 'The captain saw a whale.';
  t.deepEqual(createTokenizer(tokenizer.merges).encode(text), tokenizer.encode(text));
  t.true(tokenizer.encode(text).length < text.length / 2);
});

test('trainTokenizer() stops where no pair occurs twice', t => {
  t.is(trainTokenizer(['abc'], 512).size, 291);
});

for (const size of [290, 65537, 300.5])
  test(`trainTokenizer(texts, ${size}) is refused in one line`, t => {
    const error = t.throws(() => trainTokenizer(['a'], size), { instanceOf: InputError });
    t.is(error.message, `vocabulary must be an integer in [291, 65536], got ${size}`);
  });

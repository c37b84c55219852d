import test from 'ava';
import fc from 'fast-check';
import { InputError } from '../../src/base/index.js';
import { loadDataset } from '../../src/runs/index.js';
import {
  FEED_FORWARDS,
  LIMITS,
  NUMBER_FIELDS,
  PRESETS,
  type PresetName,
  parseShape,
  preset,
  type Shape,
  shapeName,
} from '../../src/shape/index.js';

test('parseShape(name) gives the shape of all 159 released checkpoints', async t => {
  const released = await loadDataset('t5-shapes');
  const names = released.columns.name as readonly string[];
  t.is(released.rows, 159);
  names.forEach((name, row) => {
    const shape = parseShape(name);
    for (const field of NUMBER_FIELDS) t.is(shape[field], released.columns[field][row] as number, `${name} ${field}`);
  });
});

test('shapeName(shape) is the released name, but for the one shape released twice', async t => {
  const names = (await loadDataset('t5-shapes')).columns.name as readonly string[];
  const renamed = names.filter(name => `t5-efficient-${shapeName(parseShape(name))}` !== name);
  t.deepEqual(renamed, ['t5-efficient-tiny-el12']);
  t.is(shapeName(parseShape('tiny-el12')), 'tiny-nl12');
});

for (const size of Object.keys(PRESETS) as PresetName[])
  test(`shapeName(${size}) is ${size}`, t => {
    t.is(shapeName(preset(size)), size);
    t.deepEqual(parseShape(size), preset(size));
  });

const numbers = Object.fromEntries(
  NUMBER_FIELDS.map(field => [
    field,
    fc.oneof(
      fc.integer({ min: 1, max: LIMITS[field] }),
      fc.constantFrom(...Object.values(PRESETS).map(known => known[field])),
      fc.constantFrom(...[1, 4, 12, 1000, 1024, 2048, 3000, 9216].filter(value => value <= LIMITS[field])),
    ),
  ]),
);
const anyShape = fc.record({
  ...numbers,
  feed_forward_proj: fc.constantFrom(...FEED_FORWARDS),
  tie_word_embeddings: fc.boolean(),
}) as fc.Arbitrary<Shape>;

test('parseShape(shapeName(shape)) gives any shape back', t => {
  fc.assert(
    fc.property(anyShape, shape => void t.deepEqual(parseShape(shapeName(shape)), shape)),
    { seed: 1, numRuns: 2000 },
  );
});

test('in names k is 1024, and = takes the digits as they are', t => {
  t.is(parseShape('small-dm1000').d_model, 1024);
  t.is(parseShape('base-ff9000').d_ff, 9216);
  t.is(parseShape('base-ff=9000').d_ff, 9000);
  t.is(parseShape('small-dm768').d_model, 768);
});

test('a tiny name that leaves one stack out gives it 12 layers; other sizes keep their own', t => {
  t.like(parseShape('tiny-el8'), { num_layers: 8, num_decoder_layers: 12 });
  t.like(parseShape('tiny-dl2'), { num_layers: 12, num_decoder_layers: 2 });
  t.like(parseShape('tiny-el8-dl2'), { num_layers: 8, num_decoder_layers: 2 });
  t.like(parseShape('small-el8'), { num_layers: 8, num_decoder_layers: 6 });
});

test('xxl-nl4 has the released heads, and the full-width shape another name', t => {
  t.like(parseShape('xxl-nl4'), { d_kv: 64, num_heads: 32 });
  const wide = { ...preset('xxl'), num_layers: 4, num_decoder_layers: 4 };
  t.deepEqual(parseShape(shapeName(wide)), wide);
});

test('published spellings of a size mean the same shape', t => {
  for (const name of ['google/t5-efficient-base', 't5-base', 'T5-Base', ' base '])
    t.is(shapeName(parseShape(name)), 'base');
  t.is(shapeName(parseShape('google/t5-v1_1-xl')), 'v1.1-xl');
  t.is(shapeName(parseShape('t5-3b')), 'xl');
});

const refused: Readonly<Record<string, RegExp>> = {
  'smal-nl4': /^unknown size "smal"; did you mean small\?/,
  '': /^unknown size ""/,
  constructor: /^unknown size "constructor"/,
  'small-nl0': /num_layers must be in \[1, 4096\], got 0/,
  'small-nl1.5': /nl must be a whole number, got "1.5"/,
  'small-nl': /nl must be a whole number/,
  'small-nl-4': /nl must be a whole number/,
  'small-ff99999999999': /d_ff must be in \[1, 1048576\]/,
  'small-zz4': /^unknown operator "zz4"/,
  'small-nl4-el2': /must set num_layers once, got "el2" after another/,
  'small-ff2000-ff3000': /must set d_ff once/,
  'base-skv': /not modelled/,
};
for (const [name, message] of Object.entries(refused))
  test(`parseShape(${JSON.stringify(name)}) is refused in one line`, t => {
    const error = t.throws(() => parseShape(name), { instanceOf: InputError, message });
    t.false(error.message.includes('\n'));
  });

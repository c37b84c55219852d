import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { countFlops, countParams } from '../../src/cost/index.js';
import { findLaw } from '../../src/law/index.js';
import {
  defaultSpace,
  enumerateShapes,
  evaluateShapes,
  lawInputs,
  parseList,
  parseSpace,
  shapeAt,
  shapeColumns,
  T5_SPACE,
  WIDE_SPACE,
} from '../../src/plan/index.js';
import { checkShape, preset, SIZES } from '../../src/shape/index.js';
import { TINY_SPACE } from './runs.js';

test('the wide space holds more than a million shapes, each one that can be built', t => {
  const shapes = enumerateShapes(WIDE_SPACE);
  t.true(shapes.rows >= 1e6, String(shapes.rows));
  for (let row = 0; row < shapes.rows; row += 9973) checkShape(shapeAt(shapes, row));
  t.is(shapes.d_model.length, shapes.rows);
});

test('no shape comes twice, and heads and d_ff are whole', t => {
  const space = { ...TINY_SPACE, ffRatio: [2, 2.7], innerRatio: [0.5, 0.125] };
  const shapes = enumerateShapes(space);
  const names = Array.from({ length: shapes.rows }, (_, row) => JSON.stringify(shapeAt(shapes, row)));
  t.is(new Set(names).size, names.length);
  t.is(shapes.rows, 12 * (1 * 3 + 1 * 2 + 2 * 2)); // 128: one d_ff, heads 4 1 2; 192: one, 6 3; 320: two, 10 5
});

test('the aspect keeps d_model over encoder layers', t => {
  const shapes = enumerateShapes({ ...TINY_SPACE, aspect: [20, 64] });
  for (let row = 0; row < shapes.rows; row++) {
    const ratio = shapes.d_model[row] / shapes.num_layers[row];
    t.true(ratio >= 20 && ratio <= 64);
  }
});

test("T5's own space holds the released sizes whose proportions are T5's", t => {
  const shapes = enumerateShapes(T5_SPACE);
  for (const size of ['small', 'base', 'large'] as const) {
    const { num_layers, d_model } = preset(size);
    const row = Array.from({ length: shapes.rows }, (_, i) => i).find(
      i => shapes.num_layers[i] === num_layers && shapes.d_model[i] === d_model,
    );
    t.deepEqual(shapeAt(shapes, row!), preset(size));
  }
});

test('defaultSpace() frees what the law can judge', t => {
  t.deepEqual(defaultSpace(['N', 'D']), T5_SPACE);
  t.deepEqual(
    defaultSpace(['num_layers', 'num_decoder_layers', 'D']).num_decoder_layers,
    WIDE_SPACE.num_decoder_layers,
  );
  t.deepEqual(defaultSpace(['d_ff', 'D']).ffRatio, WIDE_SPACE.ffRatio);
});

test('parseList() reads what people write', t => {
  t.deepEqual(parseList('4..8:2, 12', 'layers'), [4, 6, 8, 12]);
  t.deepEqual(parseList('2.5,4', 'ratios'), [2.5, 4]);
  t.deepEqual(parseList('3..5,4', 'layers'), [3, 4, 5]);
});

test('parseSpace() changes its base', t => {
  const space = parseSpace(
    { base: 'wide', d_model: '256..512:128', num_decoder_layers: 'equal', aspect: '16..64' },
    'x.yaml',
    T5_SPACE,
  );
  t.deepEqual(space, { ...WIDE_SPACE, d_model: [256, 384, 512], num_decoder_layers: 'equal', aspect: [16, 64] });
});

const refused: readonly [value: unknown, message: string][] = [
  [
    { widths: [3] },
    'x.yaml: unknown field "widths"; did you mean d_kv? (known: base, num_layers, num_decoder_layers, d_model, ff_ratio, d_kv, inner_ratio, vocab_size, aspect)',
  ],
  [{ d_model: '5..3' }, 'x.yaml: d_model must be numbers such as 4, 8..32 or 256..4096:64, got "5..3"'],
  [{ d_model: [64, 'x'] }, 'x.yaml: d_model must be numbers, or a text such as 8..32:4, got "x"'],
  [{ num_layers: 0 }, 'x.yaml: num_layers must be in [1, 4096], got 0'],
  [{ base: 'narrow' }, 'x.yaml: base must be t5 or wide, got "narrow"'],
  [{ aspect: 7 }, 'x.yaml: aspect must be LOW..HIGH or any, got 7'],
  ['wide', 'x.yaml must be a mapping, got "wide"'],
];
for (const [value, message] of refused)
  test(`parseSpace(${JSON.stringify(value)}) is refused`, t => {
    t.throws(() => parseSpace(value, 'x.yaml', T5_SPACE), { instanceOf: InputError, message });
  });

test('lawInputs() reads a shape as the ledgers count it', t => {
  const base = preset('base');
  const { total, nonEmbedding } = countParams(base);
  t.deepEqual(lawInputs(findLaw('chinchilla'), base, 34e9, { count: 'total' }), { N: total, D: 34e9 });
  t.is(lawInputs(findLaw('chinchilla'), base, 34e9, { count: 'non-embedding' }).N, nonEmbedding);
  t.deepEqual(lawInputs(findLaw('wdt'), base, 1e9, { count: 'total' }), { width: 768, depth: 24, D: 1e9 });
  const repeated = (tokens: number) =>
    lawInputs(findLaw('muennighoff'), base, tokens, { count: 'total', uniqueTokens: 1e9 });
  t.deepEqual([repeated(34e9).U, repeated(3e8).U], [1e9, 3e8]);
  const { C, M } = lawInputs(findLaw('over-training'), base, 512e6, { count: 'total' });
  t.is(C, 1e6 * countFlops(base, { batch: 1, encLen: 512, decLen: 114 }).trainStep);
  t.is(M, 512e6 / total);
});

test('evaluateShapes() is the law at each shape', t => {
  const law = findLaw('t5-shape');
  const constants = [1.7, 400, 0.3, 0.34];
  const shapes = SIZES.map(preset);
  const columns = {
    shapes: shapeColumns(shapes),
    params: Float64Array.from(shapes, shape => countParams(shape).total),
    nonEmbeddingParams: Float64Array.from(shapes, shape => countParams(shape).nonEmbedding),
    tokens: new Float64Array(7).fill(1e9),
    flops: new Float64Array(7).fill(1e18),
  };
  const values = evaluateShapes(law, constants, columns, { count: 'total' });
  for (const [row, { num_layers, num_decoder_layers }] of shapes.entries()) {
    const expected = 1.7 + 400 / columns.params[row] ** 0.34 + 0.3 / (num_layers * num_decoder_layers);
    t.true(Math.abs(values[row] / expected - 1) < 1e-12);
  }
});

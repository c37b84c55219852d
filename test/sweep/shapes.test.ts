import test from 'ava';
import { countFlops, countParams } from '../../src/cost/index.js';
import { parseShape, shapeName } from '../../src/shape/index.js';
import { type EqualIn, parseSweep, solveMember } from '../../src/sweep/index.js';
import { planSpans } from '../../src/trainer/index.js';

const expand = (...items: readonly string[]) =>
  parseSweep(['name: a', 'steps: 1', 'batch: 2', 'shapes:', ...items.map(item => `  - ${item}`)].join('\n'), 'a.yaml');

test('a grid is every combination of its operators, the first the slowest', async t => {
  const { shapes } = await expand('{base: tiny, NL: [2, 3], FF: [40, 50], NH: 5}');
  t.deepEqual(
    shapes.map(({ num_layers, num_decoder_layers, d_ff, num_heads, d_kv, d_model }) => [
      [num_layers, num_decoder_layers, d_ff],
      [num_heads, d_kv, d_model],
    ]),
    [
      [
        [2, 2, 40],
        [5, 64, 256],
      ],
      [
        [2, 2, 50],
        [5, 64, 256],
      ],
      [
        [3, 3, 40],
        [5, 64, 256],
      ],
      [
        [3, 3, 50],
        [5, 64, 256],
      ],
    ],
  );
});

test('ff_ratio and head_width keep the proportions of a width', async t => {
  const { shapes } = await expand('{base: tiny-nl2, DM: [32, 48], ff_ratio: 4, head_width: 16}');
  t.deepEqual(shapes.map(shapeName), ['tiny-nh2-kv16-dm32-ff128-nl2-v512', 'tiny-nh3-kv16-dm48-ff192-nl2-v512']);
});

test('encoder and decoder depths are set apart by EL and DL', async t => {
  const { shapes } = await expand('{base: tiny, EL: [6], DL: [1, 2]}');
  t.deepEqual(
    shapes.map(shape => [shape.num_layers, shape.num_decoder_layers]),
    [
      [6, 1],
      [6, 2],
    ],
  );
});

const REFUSED: readonly [item: string, message: RegExp][] = [
  ['{base: tiny, NL: 2, EL: 3}', /^a.yaml, line 5: shapes\[1\].EL must not stand beside NL/],
  ['{base: tiny, FF: 64, ff_ratio: 4}', /line 5: shapes\[1\].FF must not stand beside ff_ratio/],
  ['{base: tiny, DM: 40, head_width: 16}', /head_width must be a divisor of d_model 40, got 16/],
  ['{base: tiney}', /unknown size "tiney"; did you mean tiny\?/],
  ['{equal: params, like: tiny}', /line 5: shapes\[1\] must have NL, or both EL and DL/],
  ['{equal: params, like: 1000, NL: 2}', /must be able to meet 1.00k non-embedding parameters, got at least/],
  ['{equal: loss, like: tiny, NL: 2}', /line 5: shapes\[1\].equal must be one of params, flops, got "loss"/],
  ['[tiny]', /line 5: shapes\[1\] must be keys and values/],
];
for (const [item, message] of REFUSED)
  test(`a sweep refuses the shapes ${item}`, async t => {
    const error = await t.throwsAsync(expand(item));
    t.regex(error.message, message);
  });

const LIKE = parseShape('tiny-nh4-kv16-dm64-ff256-nl2-v512');
const workload = { batch: 2, encLen: 128, decLen: planSpans(128).decLen };

test('a family like a shape holds that shape and others within a percent of its parameters', async t => {
  const { shapes, families } = await expand(`{equal: params, like: ${shapeName(LIKE)}, NL: [1, 2, 4, 8]}`);
  const target = countParams(LIKE).nonEmbedding;
  t.is(families[0].value, target);
  t.deepEqual(shapes[1], LIKE);
  families[0].members.forEach(({ off, ffRatio }, i) => {
    t.is(off, countParams(shapes[i]).nonEmbedding / target - 1);
    t.true(Math.abs(off) < 0.01, `${shapeName(shapes[i])}: ${off}`);
    t.is(ffRatio, shapes[i].d_ff / shapes[i].d_model);
    t.is(shapes[i].num_heads * shapes[i].d_kv, shapes[i].d_model);
  });
});

test('a family of equal FLOPs is equal in training FLOPs a step, by the count of the cost room', async t => {
  const item = `{equal: flops, like: ${shapeName(LIKE)}, EL: [1, 4], DL: [2, 3], ff_ratio: [2, 6], head_width: 8}`;
  const { families } = await expand(item);
  const target = countFlops(LIKE, workload).trainStep;
  t.is(families[0].members.length, 8);
  for (const { shape, off } of families[0].members) {
    t.is(off, countFlops(shape, workload).trainStep / target - 1);
    t.true(Math.abs(off) < 0.015, `${shapeName(shape)}: ${off}`);
  }
});

for (const [equal, value, headWidth, ffRatio] of [
  ['params', 300_000, 7, 3],
  ['flops', 5e8, 16, 4],
] as [EqualIn, number, number, number][])
  test(`solveMember(${equal}) finds what a search of every width finds`, t => {
    const base = { ...LIKE, num_layers: 3, num_decoder_layers: 2 };
    const cost = (shape: typeof base) =>
      equal === 'params' ? countParams(shape).nonEmbedding : countFlops(shape, workload).trainStep;
    let best = { miss: Number.POSITIVE_INFINITY, shape: base };
    for (let heads = 1; heads * headWidth <= 256; heads++) {
      const widths = { ...base, d_model: heads * headWidth, d_kv: headWidth, num_heads: heads };
      const all = Array.from({ length: 512 }, (_, i) => ({ ...widths, d_ff: 8 * (i + 1) }));
      const nearest = all.reduce((a, b) => (Math.abs(cost(b) - value) < Math.abs(cost(a) - value) ? b : a));
      if (Math.abs(cost(nearest) - value) > 0.05 * value) continue; // no d_ff is near: too wide
      const miss = Math.abs(Math.log(nearest.d_ff / nearest.d_model / ffRatio));
      if (miss < best.miss) best = { miss, shape: nearest };
    }
    const { shape } = solveMember({ equal, value, workload }, { base, ffRatio, headWidth }, 'family');
    t.deepEqual(shape, best.shape);
  });

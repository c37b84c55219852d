import test from 'ava';
import { createRandom, InputError } from '../../src/base/index.js';
import { testShapeTerm } from '../../src/fit/index.js';
import { loadDataset, numericColumns } from '../../src/runs/index.js';

const TASKS = [
  'arc_challenge',
  'arc_easy',
  'commonsense_qa',
  'hellaswag',
  'mmlu',
  'openbookqa',
  'piqa',
  'siqa',
  'winogrande',
];

async function gemstones(score: (row: number, columns: Record<string, Float64Array>) => number) {
  const runs = numericColumns(await loadDataset('gemstones-2025'), ['width', 'depth', 'tokens', ...TASKS]);
  const losses = await loadDataset('gemstones-2025', { resource: 'val-losses' });
  const { dclm_val_loss: L, tokens } = numericColumns(losses, ['dclm_val_loss', 'tokens']);
  if (tokens.some((value, row) => value !== runs.tokens[row])) throw new Error('rows of the two tables differ');
  const unit = Array.from(runs.width, (width, row) => `${width}x${runs.depth[row]}`);
  const s = runs.width.map((width, row) => Math.log(runs.depth[row] / width));
  return { columns: { L, s, score: L.map((_, row) => score(row, runs)) }, unit };
}

test('the average score of Gemstones bears no shape term: left-out error .0040 or less, interval of g covers 0', async t => {
  const average = (row: number, runs: Record<string, Float64Array>) =>
    TASKS.reduce((sum, task) => sum + runs[task][row], 0) / TASKS.length;
  const { columns, unit } = await gemstones(average);
  const found = testShapeTerm(columns, { unit, law: 'sigmoid', replicates: 60 });
  t.is(found.answer, 'no shape term');
  t.true(found.leftOut.plain <= 0.004 && found.leftOut.withTerm >= found.leftOut.plain);
  t.is(found.shapes, 22);
  t.true(Math.abs(found.coefficient.value) < 0.01); // checked by independent code: .000, -.017 to .012
});

test('on hellaswag rows gain ten times the log likelihood that shapes do: checkpoints share their error', async t => {
  const { columns, unit } = await gemstones((row, { hellaswag }) => hellaswag[row]);
  const { gain, coefficient } = testShapeTerm(columns, { unit, law: 'sigmoid', replicates: 40 });
  t.true(gain.rows > 30 && gain.shapes < 4 && gain.rows > 8 * gain.shapes); // checked: 38 and 3.4
  t.true(Math.abs(coefficient.value / 0.022 - 1) < 0.1); // checked: .022
});

test("Tay's table 4 (recalled) bears a shape term: 1.21 points of error by loss alone, .45 with ln of the encoder's layers", async t => {
  const table = await loadDataset('tay-2022', { resource: 'table4', derive: { L: '-upstream_log_ppl' } });
  const { L, num_layers, avg } = numericColumns(table, ['L', 'num_layers', 'avg']);
  const found = testShapeTerm({ L, score: avg, s: num_layers.map(Math.log) });
  t.is(found.answer, 'shape term');
  t.is(found.law, 'linear');
  t.true(found.leftOut.withTerm <= 0.46 && found.leftOut.plain >= 1.2);
  t.true(Math.abs(found.coefficient.value - 2.5) < 0.05); // checked, as is the gain
  t.true(Math.abs(found.gain.rows - 14.8) < 0.1);
});

for (const score of ['superglue', 'webq', 'xsum_rouge2', 'wmt_bleu'])
  test(`five depths of Narang cannot tell whether depth helps ${score}`, async t => {
    const sweep = [
      '24 layers dff1536 H6',
      '18 layers dff2048 H8',
      'Vanilla Transformer',
      '8 layers dff4608 H18',
      '6 layers dff6144 H24',
    ];
    const where = sweep.map(model => `model = '${model}'`).join(' or ');
    const columns = numericColumns(await loadDataset('narang-2021', { where }), ['final_loss', 'layers', score]);
    const found = testShapeTerm({ L: columns.final_loss, score: columns[score], s: columns.layers.map(Math.log) });
    t.is(found.shapes, 5);
    t.is(found.answer, 'not identified');
    t.true(found.coefficient.lo < 0 && found.coefficient.hi > 0);
  });

test('testShapeTerm() finds a term that is there and keeps quiet about noise, over simulated shapes', t => {
  const random = createRandom(5);
  const shapes = Array.from({ length: 16 }, () => ({ s: random.normal(), shift: 0.2 * random.normal() }));
  const rows = Array.from({ length: 160 }, (_, row) => ({ ...shapes[row % 16], L: 2 + random.uniform() }));
  const columns = (slope: number) => ({
    L: Float64Array.from(rows, ({ L }) => L),
    s: Float64Array.from(rows, ({ s }) => s),
    score: Float64Array.from(rows, ({ L, s, shift }) => 70 - 10 * L + slope * s + shift),
  });
  const unit = rows.map((_, row) => row % 16);
  t.is(testShapeTerm(columns(1), { unit, law: 'linear' }).answer, 'shape term');
  t.not(testShapeTerm(columns(0), { unit, law: 'linear' }).answer, 'shape term');
});

test('testShapeTerm() refuses a missing column, units of another length and an unknown option', t => {
  const columns = { L: new Float64Array(9), s: new Float64Array(9), score: new Float64Array(9) };
  const { s: _, ...without } = columns;
  for (const act of [
    () => testShapeTerm(without),
    () => testShapeTerm(columns, { unit: [1] }),
    () => testShapeTerm(columns, { units: [] } as object),
  ])
    t.throws(act, { instanceOf: InputError });
});

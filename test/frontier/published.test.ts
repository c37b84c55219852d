import test from 'ava';
import { frontierByRegion, type Objective, paretoFrontier, weakFrontier } from '../../src/frontier/index.js';
import { loadDataset } from '../../src/runs/index.js';

// Narang et al. 2021, Table 1 (verified): T5-Base reshaped to 6 to 24 layers at equal parameters and FLOPs. What
// differs is speed, loss and score, so the frontier on (steps per second, quality) is read off the table by eye.
const DEPTHS = [
  { layers: 6, speed: 3.7, loss: 1.857, superglue: 73.55 },
  { layers: 8, speed: 3.69, loss: 1.847, superglue: 74.58 },
  { layers: 12, speed: 3.5, loss: 1.838, superglue: 71.66 },
  { layers: 18, speed: 3.38, loss: 1.831, superglue: 76.45 },
  { layers: 24, speed: 3.33, loss: 1.843, superglue: 74.89 },
];
type Depth = (typeof DEPTHS)[number];
const SPEED: Objective<Depth> = { name: 'speed', goal: 'max' };
const layers = (quality: Objective<Depth>) => paretoFrontier(DEPTHS, [SPEED, quality]).map(point => point.layers);

test('Narang 2021: upstream only 24 layers are off the frontier of speed, downstream the 12 of T5-Base too', t => {
  t.deepEqual(layers({ name: 'loss', goal: 'min' }), [6, 8, 12, 18]);
  t.deepEqual(layers({ name: 'superglue', goal: 'max' }), [6, 8, 18]);
});

// Tay et al. 2021, Table 4. Its scores and speeds are recalled (the dataset marks them so): these tests hold the
// arithmetic on the table as it stands, and say nothing of the paper.
const AXES = ['num_layers', 'tflops_stated', 'steps_per_second_stated', 'glue', 'superglue', 'squad', 'avg'] as const;
type Row = Record<(typeof AXES)[number] | 'params', number> & { readonly model: string };

async function loadTable4(): Promise<Row[]> {
  const { rows, columns } = await loadDataset('tay-2022', { resource: 'table4' });
  return Array.from({ length: rows }, (_, i) => ({
    model: String(columns.model[i]),
    params: statedParams(String(columns.params_stated[i])),
    ...(Object.fromEntries(AXES.map(axis => [axis, Number(columns[axis][i])])) as Record<
      (typeof AXES)[number],
      number
    >),
  }));
}

const statedParams = (text: string) => Number(text.slice(0, -1)) * (text.endsWith('B') ? 1e9 : 1e6);

const PARAMS: Objective<Row> = { name: 'params', goal: 'min' };
const OPERATIONS: Objective<Row> = { name: 'tflops_stated', goal: 'min' };
const STEPS: Objective<Row> = { name: 'steps_per_second_stated', goal: 'max' };
const AVG: Objective<Row> = { name: 'avg', goal: 'max' };

const offFrontier = (rows: Row[], objectives: Objective<Row>[]) => {
  const front = new Set(paretoFrontier(rows, objectives));
  return rows.filter(row => !front.has(row)).map(({ model }) => model);
};

test('Tay 2022 Table 4 as recalled: T5-Base and T5-Large are off the frontiers of parameters and of FLOPs', async t => {
  const rows = await loadTable4();
  t.deepEqual(offFrontier(rows, [PARAMS, AVG]), ['Base', 'Small20L', 'Small22L', 'Large', 'XL', 'XXL']);
  t.deepEqual(offFrontier(rows, [OPERATIONS, AVG]), ['Base', 'Small32EL', 'Large', 'XL', 'XXL']);
  t.deepEqual(offFrontier(rows, [STEPS, AVG]), ['Base', 'Small22L', 'Base36L', 'XL', 'Large36L', 'XXL']);
  t.deepEqual(offFrontier(rows, [PARAMS, OPERATIONS, STEPS, AVG]), ['Base', 'XL', 'XXL']);
});

test('Tay 2022 Table 4 as recalled: the weak rule lets all pass but T5-Base and T5-XL', async t => {
  const tasks = (['glue', 'superglue', 'squad'] as const).map((name): Objective<Row> => ({ name, goal: 'max' }));
  const verdicts = weakFrontier(await loadTable4(), { costs: [PARAMS, OPERATIONS, STEPS], qualities: tasks });
  const failing = verdicts.filter(({ efficient }) => !efficient).map(({ point }) => point.model);
  t.deepEqual(failing, ['Base', 'XL']);
  const large = verdicts.find(({ point }) => point.model === 'Large');
  t.true(large?.pairs.every(({ quality, cost }) => quality === 'superglue' || cost === STEPS.name));
});

test('Tay 2022 Table 4 as recalled: within its region of compute T5-Base is beaten too', async t => {
  const flops = (row: Row) => 2 ** 19 * 6 * 1e12 * row.tflops_stated; // multiply-adds a step, forward
  const regions = frontierByRegion(await loadTable4(), [PARAMS, AVG], { flops });
  const base = regions.find(({ name }) => name === 'base');
  t.deepEqual(
    base?.points.map(({ model }) => model),
    ['Small16L', 'Small24L', 'Small32EL'],
  );
});

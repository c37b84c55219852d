import type {
  ClaimsValues,
  CostLedgerValues,
  DownstreamValues,
  FrontierValues,
  LossComputeValues,
  ResidualsValues,
} from '../../src/chart/index.js';
import { countParams } from '../../src/cost/index.js';
import { paretoFrontier } from '../../src/frontier/index.js';
import { loadDataset } from '../../src/runs/index.js';
import { PRESETS } from '../../src/shape/index.js';

// Values of one chart of each kind, from small published tables.

/** Digits that do not depend on the machine's last bit. */
const short = (value: number) => Number(value.toPrecision(6));

type Columns = Record<string, ArrayLike<number> | readonly (string | null)[]>;

/** Rows of a table with only the named columns. */
const rowsOf = ({ rows, columns }: { rows: number; columns: Columns }, names: readonly string[]) =>
  Array.from({ length: rows }, (_, i) => Object.fromEntries(names.map(name => [name, columns[name][i]])));

/** Every tenth run by compute, and the two that are worst. */
const HOFFMANN = await loadDataset('hoffmann-2022-fig4').then(table => {
  const runs = rowsOf(table, ['params', 'training_flops', 'loss']).map(({ params, training_flops, loss }) => ({
    params: short(Number(params)),
    compute: short(Number(training_flops)),
    loss: short(Number(loss)),
  }));
  const byCompute = runs.toSorted((a, b) => a.compute - b.compute);
  const worst = runs.toSorted((a, b) => b.loss - a.loss).slice(0, 2);
  return [...byCompute.filter((run, i) => i % 10 === 0 && !worst.includes(run)), ...worst];
});

/** The last checkpoint of each of the 22 shapes. */
const GEMSTONES = await loadDataset('gemstones-2025').then(table => {
  const last = new Map(
    rowsOf(table, ['width', 'depth', 'train_loss', 'hellaswag']).map(row => [`${row.width}x${row.depth}`, row]),
  );
  return [...last].map(([name, row]) => ({
    name,
    shape: Number(row.depth),
    loss: Number(row.train_loss),
    score: Number(row.hellaswag),
  }));
});

/** Scores and speeds of this table are recalled. */
const TAY = await loadDataset('tay-2022', { resource: 'table4' }).then(table =>
  rowsOf(table, ['model', 'params_stated', 'tflops_stated', 'steps_per_second_stated', 'superglue']),
);

/** The law of Besiroglu et al. 2024 on Hoffmann's runs. */
const law = (params: number, tokens: number) => 1.8172 + 482.01 / params ** 0.3478 + 2085.43 / tokens ** 0.3658;

function bestLoss(flops: number): number {
  const sizes = Array.from({ length: 400 }, (_, i) => 10 ** (7 + i / 80));
  return short(Math.min(...sizes.map(params => law(params, flops / 6 / params))));
}

export const lossCompute: LossComputeValues = {
  title: 'Loss falls with compute towards 1.82 nats',
  subtitle:
    'Every tenth run of Hoffmann et al. 2022, figure 4. Line: lowest loss that the fitted law allows at each compute; band: 0.03 nats either way.',
  groupTitle: 'Parameters',
  points: HOFFMANN.map(({ params, compute, loss }, i) => ({
    name: `run ${i + 1}`,
    compute,
    loss,
    group: params,
    excluded: loss > 4,
  })),
  curve: Array.from({ length: 41 }, (_, i) => short(10 ** (18 + i / 8))).map(compute => {
    const loss = bestLoss(compute);
    return { compute, loss, lo: short(loss - 0.03), hi: short(loss + 0.03) };
  }),
  targets: [{ name: 'planned run', compute: 5e22, loss: bestLoss(5e22), lo: 2.03, hi: 2.12 }],
};

/** Logistic in the loss, fitted to the 22 points by least squares over a grid. */
const hellaswag = (loss: number) => short(0.27 + 0.6 / (1 + Math.exp(3.8 * (loss - 2.58))));

export const downstream: DownstreamValues = {
  title: 'At equal loss, HellaSwag hardly depends on the depth of a decoder-only model',
  subtitle:
    'Gemstones, last checkpoint of 22 shapes. Line: logistic in the loss; band: two residual standard deviations.',
  shapeTitle: 'Layers',
  scoreTitle: 'HellaSwag (accuracy)',
  lossTitle: 'Training loss (nats per token; better to the right)',
  points: GEMSTONES,
  curve: Array.from({ length: 33 }, (_, i) => short(2.45 + i * 0.03)).map(loss => {
    const score = hellaswag(loss);
    return { loss, score, lo: short(score - 0.013), hi: short(score + 0.013) };
  }),
};

const SIZES = ['Small', 'Base', 'Large', 'XL', 'XXL'];

/** @example stated('2.9B') // => 2900000000 */
const stated = (text: string) => Number(text.slice(0, -1)) * (text.endsWith('B') ? 1e9 : 1e6);

function tayPoints(cost: (row: (typeof TAY)[number]) => number, goal: 'min' | 'max') {
  const points = TAY.map(row => ({ name: String(row.model), cost: cost(row), quality: Number(row.superglue) }));
  const front = paretoFrontier(points, [
    { name: 'cost', goal },
    { name: 'quality', goal: 'max' },
  ]);
  return points.map(point => ({ ...point, efficient: front.includes(point), accent: SIZES.includes(point.name) }));
}

export const frontier: FrontierValues = {
  title: 'Deep and narrow shapes hold most of the frontier; T5-Base falls off it',
  subtitle:
    'Tay et al. 2021, table 4 (recalled). Staircase: best SuperGLUE that the cost buys. Orange: the standard sizes, hollow where dominated.',
  points: tayPoints(row => Number(row.tflops_stated) * 1e12, 'min'),
  cost: { title: 'Operations per step', notation: 'power' },
  quality: { title: 'SuperGLUE' },
  regions: [
    { name: 'Small', from: null, to: 6e12 },
    { name: 'Base', from: 6e12, to: 2e13 },
    { name: 'Large', from: 2e13, to: 6e13 },
    { name: 'XL', from: 6e13, to: null },
  ],
};

export const paramsFrontier: FrontierValues = {
  ...frontier,
  title: 'Parameters: T5-Base again is dominated',
  points: tayPoints(row => stated(String(row.params_stated)), 'min'),
  cost: { title: 'Parameters', notation: 'si' },
  regions: [],
};

export const speedFrontier: FrontierValues = {
  ...frontier,
  title: 'Speed tells the same story',
  points: tayPoints(row => Number(row.steps_per_second_stated), 'max'),
  cost: { title: 'Steps per second (faster to the left)', notation: 'plain', better: 'larger' },
  regions: [],
};

const LEDGER_SHAPES = ['tiny', 'small', 'base', 'xxl'] as const;

export const costLedger: CostLedgerValues = {
  title: 'Feed-forward layers take over as T5 grows; the vocabulary rules the small ones',
  subtitle: 'Parameters by part, exact counts.',
  notation: 'si',
  bars: LEDGER_SHAPES.map(name => ({ name, items: countParams(PRESETS[name]).items })),
};

export const residuals: ResidualsValues = {
  title: 'The law misses by less than two percent, but for runs that saw few tokens',
  subtitle:
    'Every tenth run of Hoffmann et al. 2022 against the law of Besiroglu et al. 2024. Band: three standard deviations, from the median absolute deviation.',
  atTitle: 'Predicted loss (nats per token)',
  points: HOFFMANN.map(({ params, compute, loss }, i) => {
    const at = short(law(params, compute / 6 / params));
    return { name: `run ${i + 1}`, at, residual: short(Math.log(loss / at)) };
  }),
};

/** Tay et al. 2021, as summarised in print; ours from exact counts. */
export const claims: ClaimsValues = {
  title: 'Ratios that the paper states, beside ours',
  subtitle: 'Hollow: the paper. Filled: exact counts.',
  claims: [
    { name: 'Small16L to Base, FLOPs', paper: 0.631, computed: 0.63 },
    { name: 'Small24L to Base, FLOPs', paper: 0.87, computed: 0.873 },
    { name: 'Base36L to Large, parameters', paper: 0.84, computed: 0.84 },
    { name: 'Large36L to XL, parameters', paper: 0.37, computed: 0.382 },
    { name: 'XL32L to XXL, parameters', paper: 0.33, computed: 0.335 },
    { name: 'XL32L to XXL, FLOPs', paper: 0.44, computed: 0.338 },
    { name: 'Small16L to Base, steps per second', paper: 1.4, computed: 1.444 },
  ],
};

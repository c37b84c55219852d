import { type Columns, pickRows } from '../../src/base/index.js';
import type { FitOptions } from '../../src/fit/index.js';
import { loadDataset, numericColumns } from '../../src/runs/index.js';

/** A published fit and the best objective that anyone is known to have reached for it. */
export interface PublishedFit {
  readonly name: string;
  readonly law: string;
  readonly columns: Columns;
  readonly options: FitOptions;
  /** null where nobody printed it: then all seeds must agree. */
  readonly best: number | null;
  /** Relative; about the digits that the best objective was printed with. */
  readonly tolerance: number;
}

const ND = { N: 'params', D: 'tokens' };
const SHAPE = { ...ND, loss: 'train_loss' };
const CHINCHILLA = {
  dataset: 'hoffmann-2022-fig4',
  map: { N: 'params' },
  derive: { D: 'training_flops / (6 * params)' },
};

interface Spec {
  readonly name: string;
  readonly dataset: string;
  readonly resource?: string;
  readonly map?: Readonly<Record<string, string>>;
  readonly derive?: Readonly<Record<string, string>>;
  readonly where?: string;
  readonly law: string;
  readonly inputs: readonly string[];
  readonly options?: FitOptions;
  readonly best: number | null;
  readonly tolerance?: number;
}

/** Sources of the best objectives: SciPy 1.17's BFGS from many starts, or the data's own repository where that is lower. */
const SPECS: readonly Spec[] = [
  ...[
    { name: 'Chinchilla, 240 rows', where: 'loss < 3.44', best: 0.0010182740178006 },
    { name: 'Chinchilla, 245 rows', best: 0.001826010523069332 },
    {
      name: 'Chinchilla, 240 rows, delta 1e-6',
      where: 'loss < 3.44',
      options: { huberDelta: 1e-6 },
      best: 1.12937621817054e-6,
    },
  ].map(one => ({ ...CHINCHILLA, law: 'chinchilla', inputs: ['N', 'D'], tolerance: 1e-9, ...one })),
  ...[
    { name: 'all', best: 0.0065925378 },
    { name: 'up to 100B tokens', where: 'tokens <= 1.001e11', best: 0.0019816145 },
    { name: 'from 120B tokens', where: 'tokens >= 1.2e11', best: 0.0038623992 },
    { name: 'all, delta 1e-4', options: { huberDelta: 1e-4 }, best: 0.00069232928 },
    {
      name: 'up to 100B tokens, delta 1e-4',
      where: 'tokens <= 1.001e11',
      options: { huberDelta: 1e-4 },
      best: 0.00020750529,
    },
    { name: 'from 120B tokens, delta 1e-4', where: 'tokens >= 1.2e11', options: { huberDelta: 1e-4 }, best: null },
    { name: 'width, depth, tokens', law: 'wdt', inputs: ['width', 'depth', 'D'], best: 0.0038782174 },
    { name: 'width, depth, parameters, tokens', law: 'wdnt', inputs: ['width', 'depth', 'N', 'D'], best: 0.0026427312 },
  ].map(one => ({
    dataset: 'gemstones-2025',
    resource: 'runs',
    map: SHAPE,
    law: 'chinchilla',
    inputs: ['N', 'D'],
    tolerance: 1e-7,
    ...one,
    name: `Gemstones, ${one.name}`,
  })),
  {
    name: 'kyotakano',
    dataset: 'kyotakano-llm',
    law: 'chinchilla',
    inputs: ['N', 'D'],
    best: 0.00084009,
    tolerance: 1e-5,
  },
  {
    name: 'Llama 3, squares',
    dataset: 'isoflops',
    map: ND,
    where: "experiment = 'llama_3__raw_loss'",
    law: 'chinchilla',
    inputs: ['N', 'D'],
    options: { rho: 'squared', residual: 'linear' },
    best: 0.00201972 / 2,
    tolerance: 2e-6,
  },
];

export async function loadPublishedFits(): Promise<PublishedFit[]> {
  const plain = await Promise.all(SPECS.map(loadSpec));
  return [...plain, await loadMisfitting(), ...(await loadOlmo())];
}

async function loadSpec({ dataset, resource, map, derive, where, inputs, ...spec }: Spec): Promise<PublishedFit> {
  const table = await loadDataset(dataset, { resource, map, derive, where });
  const columns = numericColumns(table, [...inputs, 'loss']);
  return { options: {}, tolerance: 1e-9, ...spec, columns };
}

/** The best learning rate of each size and length. */
async function loadMisfitting(): Promise<PublishedFit> {
  const columns = numericColumns(await loadDataset('misfitting-2025', { resource: 'final' }), ['N', 'D', 'loss']);
  const best = new Map<string, number>();
  columns.loss.forEach((loss, row) => {
    const key = `${columns.N[row]} ${columns.D[row]}`;
    const held = best.get(key);
    if (held === undefined || loss < columns.loss[held]) best.set(key, row);
  });
  return {
    name: 'Misfitting, best learning rates',
    law: 'chinchilla',
    columns: pickRows(columns, [...best.values()]),
    options: {},
    best: 0.00088598,
    tolerance: 1e-5,
  };
}

const TASKS = ['mmlu_test', 'hellaswag_val', 'arc_challenge_test', 'piqa_val'];
const SIZES = new Set(['190M', '370M', '760M', '1B']);
const LENGTHS = new Set(['1xC', '2xC', '5xC', '10xC']);

/**
 * The two steps of the OLMo ladder. 1: bits per byte of a task, the mean of the last five rows of each of 16 runs. 2: its
 * accuracy as a sigmoid of these, along every run past its first tenth, five rows averaged, and the point (0, 1).
 */
async function loadOlmo(): Promise<PublishedFit[]> {
  const table = await loadDataset('olmo-ladder-2024', { resource: 'runs' });
  const { run, size, length } = table.columns;
  const rowsOf = new Map<string, number[]>();
  for (let row = 0; row < table.rows; row++)
    if (SIZES.has(String(size[row])) && LENGTHS.has(String(length[row])))
      rowsOf.set(String(run[row]), [...(rowsOf.get(String(run[row])) ?? []), row]);
  const groups = [...rowsOf.values()];
  return TASKS.flatMap(task => {
    const {
      params_no_embed: params,
      tokens,
      ...rest
    } = numericColumns(table, ['params_no_embed', 'tokens', `${task}_bpb`]);
    const bpb = rest[`${task}_bpb`];
    const mean = (rows: readonly number[]) => rows.slice(-5).reduce((sum, row) => sum + bpb[row], 0) / 5;
    const columns = {
      N: Float64Array.from(groups, rows => params[rows[0]]),
      D: Float64Array.from(groups, rows => tokens[rows[rows.length - 1]]),
      loss: Float64Array.from(groups, mean),
    };
    const acc = numericColumns(table, [`${task}_acc`])[`${task}_acc`];
    const smooth = (values: Float64Array) =>
      groups.flatMap(rows => {
        const kept = rows.slice(Math.ceil(rows.length / 10));
        return kept.slice(4).map((_, i) => kept.slice(i, i + 5).reduce((sum, row) => sum + values[row], 0) / 5);
      });
    const curve = { L: Float64Array.from([...smooth(bpb), 0]), score: Float64Array.from([...smooth(acc), 1]) };
    const shared = { options: {}, best: null, tolerance: 1e-9 };
    return [
      { ...shared, name: `OLMo ladder, step 1, ${task}`, law: 'chinchilla', columns },
      { ...shared, name: `OLMo ladder, step 2, ${task}`, law: 'sigmoid', columns: curve },
    ];
  });
}

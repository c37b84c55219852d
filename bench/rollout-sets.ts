import { type Columns, pickRows } from '../src/base/index.js';
import { loadDataset, numericColumns, type Table } from '../src/runs/index.js';

/** Median and 90th percentile of relative errors, in percent, at one horizon. */
export interface Target {
  readonly horizon: number;
  readonly median: number;
  readonly p90: number;
}

/** A table of real runs, how its rows are chosen, and what a forecast of its larger runs should reach. */
export interface RolloutSet {
  readonly name: string;
  readonly dataset: string;
  readonly resource?: string;
  readonly map?: Readonly<Record<string, string>>;
  readonly derive?: Readonly<Record<string, string>>;
  readonly where?: string;
  /** Which rows remain after `where`, as a list of row indices; default all. */
  readonly keep?: (table: Table, columns: Columns) => number[];
  /** Shapes: width and depth are there too, and rows of one shape are one run. */
  readonly shapes?: boolean;
  /** For the law chosen only from rollouts that end below the cut-off. */
  readonly target: Target | null;
  /** What L(N, D) with a free asymptote reached in an independent check, median / 90th percentile at 4, 10, 30 times. */
  readonly checked: string;
}

const GEMSTONES = { N: 'params', D: 'tokens' };
const ISOFLOP = { N: 'params', D: 'tokens', C: 'budget' };
const PORIAN = { dataset: 'porian-2024', resource: 'isoflop-points', map: { N: 'n', D: 't', C: 'flops' } };
const tuned = (corpus: string) =>
  `dataset = '${corpus}' and hparams = 'tuned' and decay = 'const' and param_count = 'standard'`;

export const ROLLOUT_SETS: readonly RolloutSet[] = [
  {
    name: 'Chinchilla, figure 4',
    dataset: 'hoffmann-2022-fig4',
    map: { N: 'params', C: 'training_flops' },
    derive: { D: 'C / (6 * N)' },
    where: 'loss < 3.44', // without the five rows of highest loss, as Besiroglu 2024
    target: { horizon: 10, median: 0.5, p90: 0.9 },
    checked: '.80/1.8, 1.05/2.6, 1.45/3.1',
  },
  {
    name: 'kyotakano',
    dataset: 'kyotakano-llm',
    target: { horizon: 10, median: 0.6, p90: 1.0 },
    checked: '.63/1.5, .88/1.8, .89/2.4',
  },
  {
    name: 'Gemstones, train loss',
    dataset: 'gemstones-2025',
    map: { ...GEMSTONES, loss: 'train_loss' },
    derive: { C: '6 * N * D' },
    shapes: true,
    target: { horizon: 10, median: 1.6, p90: 2.5 },
    checked: '3.0/4.2, 4.7/6.3, 7.1/7.9',
  },
  {
    name: 'Gemstones, DCLM loss',
    dataset: 'gemstones-2025',
    resource: 'val-losses',
    map: { ...GEMSTONES, loss: 'dclm_val_loss' },
    derive: { C: '6 * N * D' },
    shapes: true,
    target: { horizon: 10, median: 1.6, p90: 3.0 },
    checked: '3.1/4.5, 5.0/6.4, 7.6/8.6',
  },
  {
    name: 'Llama 3, isoFLOP',
    dataset: 'isoflops',
    map: ISOFLOP,
    where: "experiment = 'llama_3__raw_loss'",
    target: { horizon: 10, median: 1.7, p90: 2.0 },
    checked: '1.0/1.7, 1.7/2.5, 2.6/2.8',
  },
  {
    name: 'Porian, RefinedWeb',
    ...PORIAN,
    where: tuned('rw'),
    keep: nearBudgetBest,
    target: { horizon: 10, median: 0.3, p90: 0.9 },
    checked: '5.8/8.6, 9.5/11, 15/17',
  },
  {
    name: 'Porian, OpenWebText2',
    ...PORIAN,
    where: tuned('owt2'),
    keep: nearBudgetBest,
    target: { horizon: 10, median: 0.7, p90: 2.2 },
    checked: '5.8/8.3, 11/12, 16/19',
  },
  {
    name: 'OLMo ladder, C4',
    dataset: 'olmo-ladder-2024',
    map: { N: 'params_no_embed', D: 'tokens', loss: 'c4_loss' },
    derive: { C: 'flops_per_token * tokens' },
    where: "length <> ''",
    keep: table => lastOf(table.columns.run as readonly string[]),
    target: { horizon: 4, median: 0.4, p90: 0.7 },
    checked: '.70/1.6, 1.7/2.5, 1.7/3.2',
  },
  {
    name: 'Misfitting, best learning rate',
    dataset: 'misfitting-2025',
    resource: 'final',
    map: { C: 'C_6ND' },
    keep: (_, { N, D, loss }) =>
      leastOf(
        Array.from(N, (n, row) => `${n} ${D[row]}`),
        loss,
      ),
    target: { horizon: 10, median: 1.1, p90: 2.0 },
    checked: '1.4/7, 4.0/13, 12/23',
  },
  {
    name: 'Misfitting, isoFLOP',
    dataset: 'isoflops',
    map: ISOFLOP,
    where: "experiment = 'misfitting__fineweb_c4__transformer'",
    target: null,
    checked: '3.3/5, 5.7/7.8, 8/9.7',
  },
];

export interface LoadedSet {
  readonly columns: Columns;
  /** The shape of each row, where rows of one shape are one run. */
  readonly unit: readonly string[] | undefined;
}

/** Reads the rows of a set: N, D, C, loss, and width and depth where it has shapes. */
export async function loadRolloutSet(set: RolloutSet): Promise<LoadedSet> {
  const { dataset, resource, map, derive, where, keep, shapes = false } = set;
  const table = await loadDataset(dataset, { resource, map, derive, where });
  const all = numericColumns(table, ['N', 'D', 'C', 'loss', ...(shapes ? ['width', 'depth'] : [])]);
  const columns = keep === undefined ? all : pickRows(all, keep(table, all));
  const unit = shapes ? Array.from(columns.width, (width, row) => `${width}x${columns.depth[row]}`) : undefined;
  return { columns, unit };
}

/** Rows within 10 % of the least loss at their budget: farther off, runs of a budget ended unconverged. */
function nearBudgetBest(_: Table, { C, loss }: Columns): number[] {
  const best = new Map(leastOf(Array.from(C), loss).map(row => [C[row], loss[row]]));
  return Array.from(C.keys()).filter(row => loss[row] <= 1.1 * (best.get(C[row]) as number));
}

function lastOf(groups: readonly string[]): number[] {
  return [...new Map(groups.map((group, row) => [group, row])).values()];
}

/** Of each group, the row of least value. */
function leastOf(groups: readonly (string | number)[], values: Float64Array): number[] {
  const least = new Map<string | number, number>();
  groups.forEach((group, row) => {
    const held = least.get(group);
    if (held === undefined || values[row] < values[held]) least.set(group, row);
  });
  return [...least.values()];
}

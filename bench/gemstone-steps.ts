import { type Columns, pickRows } from '../src/base/index.js';
import { fitStepTime, type HeldOutErrors, predictStepTime, summariseErrors } from '../src/fit/index.js';
import { loadDataset, numericColumns } from '../src/runs/index.js';
import type { Row } from './measure.js';

/** Entries of the embedding table. */
const VOCABULARY = 50304;

/** One row for each of the 22 shapes: what a node has to do, in four terms, and how long a step took. */
export async function loadGemstoneSteps() {
  const table = await loadDataset('gemstones-2025', { derive: { batch_tokens: 'tokens / step' } });
  const all = numericColumns(table, ['width', 'depth', 'params', 'nodes', 'seconds_per_step', 'batch_tokens']);
  const firsts = new Map<string, number>();
  for (const row of all.width.keys()) {
    const shape = `${all.width[row]}x${all.depth[row]}`;
    if (!firsts.has(shape)) firsts.set(shape, row);
  }
  const shapes = pickRows(all, [...firsts.values()]);
  const { width, depth, params, nodes, batch_tokens } = shapes;
  const each = (term: (row: number) => number) => width.map((_, row) => term(row));
  const terms: Columns = {
    matmul: each(row => (6 * (params[row] - 2 * VOCABULARY * width[row]) * batch_tokens[row]) / nodes[row]),
    elementwise: each(row => (width[row] * depth[row] * batch_tokens[row]) / nodes[row]),
    all_reduce: each(row => params[row] * Math.log2(nodes[row])),
    tokens: each(row => batch_tokens[row] / nodes[row]),
  };
  return { shapes, terms, share: { flops: each(row => (6 * params[row] * batch_tokens[row]) / nodes[row]) } };
}

/** Steps of Gemstones held out in four ways: four constants beside one. */
export async function gemstoneRows(): Promise<Row[]> {
  const { shapes, terms, share } = await loadGemstoneSteps();
  const seconds = shapes.seconds_per_step;
  const leaveOut = (groups: Float64Array | undefined) => (columns: Columns) =>
    fitStepTime(columns, seconds, { replicates: 0, ...(groups && { groups: [...groups] }) }).leaveOneOut;
  const beyond = (keeps: (row: number) => boolean) => (columns: Columns) => errorsBeyond(columns, seconds, keeps);
  const ways: readonly (readonly [string, (columns: Columns) => HeldOutErrors])[] = [
    ['each shape left out', leaveOut(undefined)],
    ['each width left out', leaveOut(shapes.width)],
    ['fitted up to width 1280, wider ones asked', beyond(row => shapes.width[row] <= 1280)],
    ['fitted up to 16 nodes, more nodes asked', beyond(row => shapes.nodes[row] <= 16)],
  ];
  return ways.flatMap(([way, errorsOf]) =>
    (['median', 'p90'] as const).map(quantile => {
      const [ours, peer] = [errorsOf(terms)[quantile], errorsOf(share)[quantile]];
      const name = `Gemstones, ${way}, four constants: ${quantile} error; peer one share of the peak`;
      return { name, ours: 100 * ours, peer: 100 * peer, unit: '%', ratio: peer / ours };
    }),
  );
}

function errorsBeyond(columns: Columns, seconds: Float64Array, keeps: (row: number) => boolean): HeldOutErrors {
  const rows = [...seconds.keys()];
  const kept = rows.filter(keeps);
  const fit = fitStepTime(
    pickRows(columns, kept),
    kept.map(row => seconds[row]),
    { replicates: 0 },
  );
  const errors = rows
    .filter(row => !keeps(row))
    .map(row => {
      const terms = Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[row]]));
      return predictStepTime(fit, terms, { extrapolate: true }).seconds / seconds[row] - 1;
    });
  return summariseErrors(Float64Array.from(errors));
}

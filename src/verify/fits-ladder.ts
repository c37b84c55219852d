import { z } from 'zod';
import { type Columns, fail, unknownName } from '../base/index.js';
import { type Fit, finalRows, fitLaw, smoothRuns } from '../fit/index.js';
import { findLaw, predictLaw } from '../law/index.js';
import { findColumn, numericColumns, type Table } from '../runs/index.js';
import { loadEntryTable } from './fits-data.js';
import { createMethod, type Made } from './fits-schema.js';

const options = z.strictObject({
  /** Tasks as the columns NAME_bpb and NAME_acc call them. */
  tasks: z.array(z.string()).min(1),
  /** The column that names a run. */
  unit: z.string(),
  /** The run that was not made: its parameters and tokens. */
  at: z.strictObject({ N: z.number().positive(), D: z.number().positive() }),
});

/**
 * Two steps of the OLMo ladder: parameters and tokens give a task's loss in bits per byte, that loss its accuracy.
 * Names for each task: `loss_*` and `acc_*` at the run that was not made.
 */
export const ladderMethod = createMethod(options, async (entry, { tasks, unit, at }): Promise<Made> => {
  const table = await loadEntryTable(entry);
  const runs = Array.from(findColumn(table, unit), String);
  const values: Record<string, number> = {};
  for (const task of tasks) {
    const columns = taskColumns(table, task);
    const loss = predictAt(fitLoss(columns, runs), at);
    values[`loss_${task}`] = loss;
    values[`acc_${task}`] = predictAt(fitScore(columns, runs), { L: loss });
  }
  return { values, verdicts: [] };
});

function taskColumns(table: Table, task: string): Columns {
  const [loss, score] = [`${task}_bpb`, `${task}_acc`];
  if (!Object.hasOwn(table.columns, loss)) fail(unknownName('task', task, tasksOf(table)));
  const columns = numericColumns(table, ['N', 'D', loss, score]);
  return { N: columns.N, D: columns.D, loss: columns[loss], score: columns[score] };
}

const tasksOf = (table: Table) =>
  Object.keys(table.columns).flatMap(name => (name.endsWith('_bpb') ? [name.replace(/_bpb$/, '')] : []));

/** Step 1: one row a run, its loss the mean of the last five rows. */
const fitLoss = (columns: Columns, runs: readonly string[]) =>
  fitLaw(finalRows(columns, runs, { mean: ['loss'] }), findLaw('chinchilla'), {
    rho: 'huber',
    huberDelta: 1e-3,
    params: { A: { min: 1 }, B: { min: 1 } },
  });

/** Step 2: smoothed checkpoints and the point that a perfect model would have. */
function fitScore(columns: Columns, runs: readonly string[]): Fit {
  const { loss, score } = smoothRuns(columns, runs).columns;
  const rows = { L: Float64Array.of(...loss, 0), score: Float64Array.of(...score, 1) };
  const params = { lo: { min: -1, max: 1 }, hi: { min: 0, max: 1 } };
  return fitLaw(rows, findLaw('sigmoid'), { rho: 'squared', params });
}

const predictAt = ({ law, params }: Fit, inputs: Readonly<Record<string, number>>) =>
  predictLaw(law, Object.fromEntries(Object.entries(params).map(([name, { value }]) => [name, value])), inputs);

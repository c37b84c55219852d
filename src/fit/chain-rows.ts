import { type Columns, fail, outsideRange, rowCount } from '../base/index.js';
import { checkCount } from './options.js';
import { groupRows } from './redraw.js';

export interface SmoothOptions {
  /** Share of each run's first rows left out, rounded up; in [0, 1), default 0.1: the loss is still far from its course. */
  readonly skip?: number;
  /** Rows in the moving average, this one and those before it; 1 and up, default 5. */
  readonly window?: number;
}

/** Rows made from checkpoints, and the run that each belongs to. */
export interface SmoothRuns {
  readonly columns: Columns;
  readonly unit: readonly (number | string)[];
}

/**
 * Checkpoints of each run, smoothed: the first tenth dropped, then every column a mean over the last five rows.
 *
 * Rows of a run must stand in the order of training. Source: Bhagia 2024 (OLMo ladder), step 2.
 */
export function smoothRuns(
  columns: Columns,
  unit: ArrayLike<number | string>,
  options: SmoothOptions = {},
): SmoothRuns {
  const { skip = 0.1, window = 5 } = options;
  if (!(skip >= 0 && skip < 1)) fail(outsideRange('skip', '[0, 1)', skip));
  checkCount('window', window, 1e6);
  const kept = runsOf(columns, unit).map(rows => rows.slice(Math.ceil(rows.length * skip)));
  const windows = kept.flatMap(rows => rows.map((_, k) => rows.slice(Math.max(0, k + 1 - window), k + 1)));
  return { columns: meanRows(columns, windows), unit: windows.map(([row]) => unit[row]) };
}

/**
 * One row a run: its last row, with `mean` columns averaged over its last `window` rows (default 5).
 *
 * Source: Bhagia 2024 (OLMo ladder), step 1, where N and D are those of the last checkpoint and the loss is smoothed.
 */
export function finalRows(
  columns: Columns,
  unit: ArrayLike<number | string>,
  { mean, window = 5 }: { mean: readonly string[]; window?: number },
): Columns {
  checkCount('window', window, 1e6);
  const runs = runsOf(columns, unit);
  const last = meanRows(
    columns,
    runs.map(rows => rows.slice(-1)),
  );
  const smooth = meanRows(
    columns,
    runs.map(rows => rows.slice(-window)),
  );
  return Object.fromEntries(Object.keys(columns).map(name => [name, (mean.includes(name) ? smooth : last)[name]]));
}

function runsOf(columns: Columns, unit: ArrayLike<number | string>): number[][] {
  const rows = rowCount(columns);
  if (unit.length !== rows) fail(`unit must have one entry a row (${rows}), got ${unit.length}`);
  return groupRows(rows, unit);
}

const meanRows = (columns: Columns, groups: readonly (readonly number[])[]): Columns =>
  Object.fromEntries(
    Object.entries(columns).map(([name, values]) => [
      name,
      Float64Array.from(groups, rows => rows.reduce((sum, row) => sum + values[row], 0) / rows.length),
    ]),
  );

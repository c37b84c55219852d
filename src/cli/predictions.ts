import { type Columns, fail, mustBe } from '../base/index.js';
import {
  type Bootstrap,
  beyondRange,
  type Fit,
  type FitOptions,
  forecastFit,
  type Prediction,
  type PriorOption,
  predictBootstrap,
  predictFit,
} from '../fit/index.js';
import { inputNames } from '../law/index.js';
import { numericColumns, type Table } from '../runs/index.js';
import { parseNumber, parsePairs } from './input.js';
import { loadRuns, parseMap, rowOf } from './runs.js';

export type PredictedRow = Record<string, number | string | boolean | null>;

export interface Predictions {
  readonly rows: readonly PredictedRow[];
  /** What was drawn beside the rows for forecasts beyond the measured range; null where every row lies within it. */
  readonly prior: Readonly<Record<string, { readonly median: number; readonly sd: number }>> | null;
  readonly note: string | null;
}

export interface PredictTask {
  readonly table: Table;
  readonly fit: Fit;
  readonly bootstrap: Bootstrap | null;
  /** The rows that were fitted. */
  readonly columns: Columns;
  readonly options: FitOptions;
  readonly prior?: PriorOption;
}

/**
 * The law's value at each row of a file, with an interval: within the measured range that of the law, beyond it that of a
 * forecast of a new run, which also carries the scatter of runs and the model's error in the asymptote.
 */
export async function predictRows(task: PredictTask): Promise<Predictions> {
  const { fit, bootstrap, columns } = task;
  const names = inputNames(fit.law);
  const { table } = task;
  const targets = numericColumns(table, names);
  const inputs = Array.from({ length: table.rows }, (_, row) =>
    Object.fromEntries(names.map(name => [name, targets[name][row]])),
  );
  const isBeyond = inputs.map(point => Object.keys(beyondRange(columns, fit.law, point)).length > 0);
  const far = inputs.filter((_, row) => isBeyond[row]);
  const forecasts = far.length === 0 ? null : forecastFit(columns, fit.law, far, forecastOptions(task));
  let next = 0;
  const rows = inputs.map((point, row) => {
    const own = bootstrap ? predictBootstrap(bootstrap, point) : predictFit(fit, point);
    const prediction = isBeyond[row] ? around(own, forecasts!.forecasts[next++]) : own;
    return { ...rowOf(table, row), ...point, ...prediction, beyond_range: isBeyond[row] };
  });
  return { rows, prior: forecasts?.prior ?? null, note: forecasts?.note ?? null };
}

/** The fitted law's value inside the forecast's interval, which is stretched where the two disagree. */
const around = ({ value }: Prediction, { lo, hi }: Prediction): Prediction => ({
  value,
  lo: Math.min(lo, value),
  hi: Math.max(hi, value),
});

const forecastOptions = ({ options, fit, prior }: PredictTask) => ({
  ...options,
  level: fit.level,
  ...(prior !== undefined && { prior }),
});

/** Columns that a prediction adds to the rows of its file. */
const ADDED = ['value', 'lo', 'hi', 'beyond_range'];

/** The rows to predict, under the law's names or those that --map gives them. */
export async function loadTargets(file: string, names: readonly string[], map: readonly string[] = []): Promise<Table> {
  const plain = await loadRuns(file);
  const taken = ADDED.find(name => Object.hasOwn(plain.columns, name));
  if (taken !== undefined)
    fail(`${file} must leave the names ${ADDED.join(', ')} to the prediction, got a column ${taken}`);
  const missing = Object.entries(parseMap(map)).filter(
    ([name, column]) => names.includes(name) && name !== column && !Object.hasOwn(plain.columns, name),
  );
  const table = missing.length === 0 ? plain : await loadRuns(file, { map: missing.map(pair => pair.join('=')) });
  numericColumns(table, names);
  return table;
}

/** `none`, or NAME=MEDIAN:SD. @example parsePrior('E=1.7:0.15') // => { E: { median: 1.7, sd: 0.15 } } */
export function parsePrior(text: string): PriorOption {
  if (text === 'none') return 'none';
  return Object.fromEntries(
    Object.entries(parsePairs('--prior', text)).map(([name, spread]) => {
      const parts = spread.split(':');
      if (parts.length !== 2) fail(mustBe(`--prior ${name}`, 'MEDIAN:SD, the spread of its logarithm', spread));
      const [median, sd] = parts.map(part => parseNumber(`--prior ${name}`, part));
      return [name, { median, sd }];
    }),
  );
}

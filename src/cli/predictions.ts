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
import { numericColumns } from '../runs/index.js';
import { parseNumber, parsePairs } from './input.js';
import { loadRuns, rowOf } from './runs.js';

export type PredictedRow = Record<string, number | string | boolean | null>;

export interface Predictions {
  readonly rows: readonly PredictedRow[];
  /** What was drawn beside the rows for forecasts beyond the measured range; null where every row lies within it. */
  readonly prior: Readonly<Record<string, { readonly median: number; readonly sd: number }>> | null;
  readonly note: string | null;
}

export interface PredictFile {
  readonly file: string;
  /** The --map of the fit: the file may use its names or the law's. */
  readonly map?: string;
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
export async function predictFile(task: PredictFile): Promise<Predictions> {
  const { fit, bootstrap, columns } = task;
  const names = inputNames(fit.law);
  const table = await loadRuns(task.file, { map: namesFor(await loadRuns(task.file, {}), names, task.map) });
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

const forecastOptions = ({ options, fit, prior }: PredictFile) => ({
  ...options,
  level: fit.level,
  ...(prior !== undefined && { prior }),
});

/** Mapped names that the file does not have under the law's own. */
function namesFor({ columns }: { columns: object }, names: readonly string[], map?: string): string | undefined {
  const wanted = Object.entries(map === undefined ? {} : parsePairs('--map', map));
  const missing = wanted.filter(
    ([name, column]) => names.includes(name) && !Object.hasOwn(columns, name) && name !== column,
  );
  return missing.length === 0 ? undefined : missing.map(pair => pair.join('=')).join(',');
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

import { max, min } from 'simple-statistics';
import type { Columns } from '../base/index.js';
import { type ChartSpec, lossComputeChart, residualsChart, stackCharts } from '../chart/index.js';
import { type Bootstrap, type Fit, type Prediction, predictBootstrap, predictFit } from '../fit/index.js';
import { inputNames } from '../law/index.js';
import { computeOptimum } from '../plan/index.js';

/** A fit as points and a line over one axis, whatever number of inputs its law has. */
export interface FitPicture {
  readonly xTitle: string;
  readonly xUnit: 'power' | 'plain';
  readonly yTitle: string;
  readonly points: readonly {
    readonly name: string;
    readonly x: number;
    readonly y: number;
    readonly residual: number;
  }[];
  readonly line: readonly (Prediction & { readonly x: number })[];
}

export interface FitToDraw {
  readonly fit: Fit;
  readonly bootstrap: Bootstrap | null;
  readonly columns: Columns;
  /** Place of each row in its file. */
  readonly rowNumbers: ArrayLike<number>;
}

const LINE_POINTS = 60;

/**
 * One input: the response over it. Parameters and tokens: over the compute 6 N D, with the law at the best split of each
 * budget. Otherwise: measured over predicted, with the diagonal.
 */
export function fitPicture({ fit, bootstrap, columns, rowNumbers }: FitToDraw): FitPicture {
  const { law } = fit;
  const names = inputNames(law);
  const measured = columns[law.response.name];
  const inputsOf = (row: number) => Object.fromEntries(names.map(name => [name, columns[name][row]]));
  const predict = (inputs: Readonly<Record<string, number>>) =>
    bootstrap ? predictBootstrap(bootstrap, inputs) : predictFit(fit, inputs);
  const along = (x: ArrayLike<number>) =>
    Array.from(measured, (y, row) => ({ name: `row ${rowNumbers[row]}`, x: x[row], y, residual: -fit.residuals[row] }));
  const yTitle = `${law.response.name} (${law.response.unit})`;

  if (names.length === 1) {
    const [input] = law.inputs;
    const points = along(columns[input.name]);
    const line = spread(points.map(({ x }) => x)).map(x => ({ x, ...predict({ [input.name]: x }) }));
    return { xTitle: `${input.name} (${input.unit})`, xUnit: 'power', yTitle, points, line };
  }
  if (law.name === 'chinchilla') {
    const constants = Object.fromEntries(law.params.map(({ name }) => [name, fit.params[name].value]));
    const points = along(columns.N.map((N, row) => 6 * N * columns.D[row]));
    const { A, B, alpha, beta } = constants;
    const splits = [A, B, alpha, beta].every(value => value > 0); // a constant at zero has no best split
    const at = (x: number) => ({ x, ...predict({ ...computeOptimum({ A, B, alpha, beta }, x) }) });
    const line = splits ? spread(points.map(({ x }) => x)).map(at) : [];
    return { xTitle: 'Compute, 6 N D (FLOPs)', xUnit: 'power', yTitle, points, line };
  }
  const points = along(measured.map((_, row) => predictFit(fit, inputsOf(row)).value));
  const line = spread(points.map(({ x }) => x)).map(x => ({ x, value: x, lo: x, hi: x }));
  return { xTitle: `predicted ${yTitle}`, xUnit: 'plain', yTitle, points, line };
}

/** Numbers evenly spaced in the logarithm where all are positive, else evenly. */
function spread(values: readonly number[]): number[] {
  const [low, high] = [min([...values]), max([...values])];
  const share = Array.from({ length: LINE_POINTS }, (_, i) => i / (LINE_POINTS - 1));
  return low > 0 ? share.map(s => low * (high / low) ** s) : share.map(s => low + (high - low) * s);
}

/** The law with its band over the rows, and the residuals under it. */
export function fitChart(
  { xTitle, xUnit, yTitle, points, line }: FitPicture,
  { title, subtitle }: { title: string; subtitle: string },
): ChartSpec {
  return stackCharts([
    lossComputeChart({
      title,
      subtitle,
      points: points.map(({ name, x, y }) => ({ name, compute: x, loss: y })),
      curve: line.map(({ x, value, lo, hi }) => ({ compute: x, loss: value, lo, hi })),
      computeTitle: xTitle,
      computeNotation: xUnit,
      lossTitle: yTitle,
    }),
    residualsChart({
      title: 'Residuals',
      subtitle: 'Measured over predicted',
      points: points.map(({ name, x, residual }) => ({ name, at: x, residual })),
      atTitle: xTitle,
      atNotation: xUnit,
    }),
  ]);
}

/** The same for a terminal: dots are rows, the line is the law. */
export async function drawFit({ xTitle, xUnit, yTitle, points, line }: FitPicture): Promise<string> {
  const { default: plot } = await import('simple-ascii-chart');
  const log = xUnit === 'power' && points.every(({ x }) => x > 0);
  const toX = (x: number) => (log ? Math.log10(x) : x);
  const dots = points.map(({ x, y }): [number, number] => [toX(x), y]);
  const curve = line.map(({ x, value }): [number, number] => [toX(x), value]);
  const [xs, ys] = [dots.map(([x]) => x), dots.map(([, y]) => y)];
  const [left, right] = [min(xs), max(xs)];
  const picture = plot(curve.length > 0 ? curve : dots, {
    width: 64,
    height: 16,
    mode: curve.length > 0 ? 'line' : 'point',
    points: dots.map(([x, y]) => ({ x, y })),
    symbols: { point: '\u00b7' },
    customXAxisTicks: ticks(left, right, log),
    customYAxisTicks: niceTicks(min(ys), max(ys), 5),
    formatter: (value, { axis }) =>
      axis === 'x' && log ? `1e${Number(value.toFixed(2))}` : String(Number(value.toPrecision(4))),
    xLabel: xTitle,
  });
  return `${yTitle}${picture}`;
}

const ticks = (low: number, high: number, log: boolean) =>
  log && high - low >= 2 ? integersBetween(low, high) : niceTicks(low, high, 4);

const integersBetween = (low: number, high: number) =>
  Array.from({ length: Math.floor(high) - Math.ceil(low) + 1 }, (_, i) => Math.ceil(low) + i);

/** Round numbers inside [low, high], about `count` of them. */
function niceTicks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(factor => factor * power).find(size => size >= rough) ?? 10 * power;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

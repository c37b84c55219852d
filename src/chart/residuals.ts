import { medianAbsoluteDeviation } from 'simple-statistics';
import { type Notation, padRange, rangeOf } from './axis.js';
import {
  type Axes,
  type ChartSize,
  type ChartSpec,
  type ChartText,
  frame,
  type Layer,
  type Plot,
  plotOf,
  projectAxes,
} from './frame.js';
import { checkNumber, checkSome, dotLayer, nameLayers, pixel, pointSize, radiusOf } from './layers.js';
import { plainText } from './text.js';

/** How far a measurement lies from its prediction. */
export interface ResidualPoint {
  readonly name: string;
  /** Where it stands along the x axis: the prediction, or the compute. */
  readonly at: number;
  /** ln(measured) - ln(predicted), as a share: 0.01 is 1 %. */
  readonly residual: number;
}

export interface ResidualsValues extends ChartText {
  readonly points: readonly ResidualPoint[];
  /** What the x axis holds. */
  readonly atTitle: string;
  /** Default 'plain'. */
  readonly atNotation?: Notation;
  /** Logarithmic x axis, default true with notation 'power'. */
  readonly atLog?: boolean;
  /** At most this many outliers are named, default 8. */
  readonly named?: number;
}

/** Median absolute deviation of a normal distribution, in standard deviations: makes the spread robust. */
const MAD_OF_NORMAL = 0.6744897501960817;
/** Spreads that the band covers; points beyond are outliers. */
const BAND = 3;
/** Least reach of the axis, where all residuals are zero. */
const SMALLEST = 1e-4;

/** Residuals against the prediction or the compute, with a zero line, the usual spread as a band, and outliers named. */
export function residualsChart(values: ResidualsValues, size: ChartSize = {}): ChartSpec {
  const { points } = values;
  checkSome('residualsChart', points);
  points.forEach(({ residual }, i) => {
    checkNumber(`points[${i}].residual`, residual);
  });
  const limit = usualLimit(points);
  const axes = axesOf(values, limit, plotOf({ height: 260, ...size }));
  const dots = points.map(({ name, at, residual }) => ({ name, x: at, y: residual }));
  return frame(values, axes.plot, [
    ...guideLayers(axes, limit),
    dotLayer(axes, dots, { style: 'points', area: pointSize(points.length), kind: 'Run' }),
    ...namesOf(values, axes, limit),
  ]);
}

/** Residuals beyond this are outliers: three standard deviations, from the median absolute deviation. */
const usualLimit = (points: readonly ResidualPoint[]) =>
  (BAND * medianAbsoluteDeviation(points.map(({ residual }) => residual))) / MAD_OF_NORMAL;

function axesOf(values: ResidualsValues, limit: number, plot: Plot): Axes {
  const { points, atTitle, atNotation = 'plain', atLog = atNotation === 'power' } = values;
  points.forEach(({ at }, i) => {
    checkNumber(`points[${i}].at`, at, { positive: atLog });
  });
  const range = padRange(rangeOf(points.map(({ at }) => at)), 0.04, atLog);
  const reach = rangeOf([limit, -limit, SMALLEST, ...points.map(({ residual }) => residual)]);
  return {
    plot,
    x: { field: 'at', title: atTitle, range, notation: atNotation, log: atLog },
    y: {
      field: 'residual',
      title: 'Measured over predicted (ln of the ratio)',
      range: padRange(reach, 0.1),
      notation: 'percent',
    },
  };
}

/** The band of usual residuals, and the zero line over it. */
function guideLayers(axes: Axes, limit: number): Layer[] {
  const { toY } = projectAxes(axes);
  const across = { x0: 0, x1: axes.plot.width };
  const x = { x: pixel('x0'), x2: { field: 'x1' } };
  return [
    {
      data: { values: [{ ...across, y0: toY(limit), y1: toY(-limit) }] },
      mark: { type: 'rect', style: 'band', aria: false },
      encoding: { ...x, y: pixel('y0'), y2: { field: 'y1' } },
    },
    {
      data: { values: [{ ...across, y: toY(0) }] },
      mark: { type: 'rule', style: 'zero', aria: false },
      encoding: { ...x, y: pixel('y') },
    },
  ];
}

function namesOf({ points, named = 8 }: ResidualsValues, axes: Axes, limit: number): Layer[] {
  const { toX, toY } = projectAxes(axes);
  const outliers = points
    .filter(({ residual }) => Math.abs(residual) > limit)
    .sort((a, b) => Math.abs(b.residual) - Math.abs(a.residual))
    .slice(0, named);
  const names = points.map(point => ({
    text: plainText(point.name),
    x: toX(point.at),
    y: toY(point.residual),
    radius: radiusOf(pointSize(points.length)) + 1,
    quiet: !outliers.includes(point),
  }));
  return nameLayers(names, axes.plot);
}

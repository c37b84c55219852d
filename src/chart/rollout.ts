import { fail, format } from '../base/index.js';
import { padRange, rangeOf } from './axis.js';
import { type AxisSpec, type ChartSize, type ChartSpec, type ChartText, frame, plotOf, xChannel } from './frame.js';
import { checkNumber, tipOf } from './layers.js';
import { plainText, textWidth } from './text.js';
import { SIZE } from './theme.js';

/** How far one law's forecasts missed at one horizon. */
export interface RolloutPoint {
  readonly law: string;
  /** Times the compute of the cut-off. */
  readonly horizon: number;
  /** Median and 90th percentile of the relative error; above 0. */
  readonly median: number;
  readonly p90: number;
}

export interface RolloutValues extends ChartText {
  readonly points: readonly RolloutPoint[];
}

const ROW = 30;
const GAP = 12;

/** Forecast errors law by law: a dot at the median, a line to the 90th percentile, one colour a horizon, log axis. */
export function rolloutChart({ points, ...text }: RolloutValues, size: Omit<ChartSize, 'height'> = {}): ChartSpec {
  if (points.length === 0) fail('rolloutChart needs at least 1 point, got 0');
  for (const { law, median, p90 } of points)
    for (const error of [median, p90]) checkNumber(`error of ${plainText(law)}`, error, { positive: true });
  const laws = [...new Set(points.map(({ law }) => plainText(law)))];
  const widest = laws.reduce((most, law) => Math.max(most, textWidth(law, SIZE.label)), 0);
  const margin = { left: widest + GAP, right: GAP };
  const plot = plotOf({ ...size, height: ROW * laws.length }, margin);
  const x: AxisSpec = {
    field: 'median',
    title: 'Relative error of the forecast: median, and line to the 90th percentile',
    range: padRange(rangeOf(points.flatMap(({ median, p90 }) => [median, p90])), 0.05, true),
    notation: 'percent',
    log: true,
  };
  const horizons = [...new Set(points.map(({ horizon }) => horizon))].sort((a, b) => a - b).map(String);
  const rows = points.map(({ law, horizon, median, p90 }) => ({
    law: plainText(law),
    horizon: `${horizon}`,
    median,
    p90,
    tip: tipOf(
      ['Law', plainText(law)],
      ['Times the compute', format.digits(horizon)],
      ['Median error', format.percent(median, 2)],
      ['90th percentile', format.percent(p90, 2)],
    ),
  }));
  const y = {
    field: 'law',
    type: 'nominal',
    sort: laws,
    axis: { title: null, grid: true, domain: false, ticks: false },
  } as const;
  const offset = { field: 'horizon', sort: horizons } as const;
  const colour = {
    field: 'horizon',
    type: 'nominal',
    sort: horizons,
    legend: { title: 'Times the compute', orient: 'top' },
  } as const;
  return frame(
    text,
    plot,
    [
      {
        data: { values: rows },
        mark: { type: 'rule', strokeWidth: 2, opacity: 0.5 },
        encoding: { x: xChannel(x, plot), x2: { field: 'p90' }, y, yOffset: offset, color: colour },
      },
      {
        data: { values: rows },
        mark: { type: 'point', filled: true, size: 60, opacity: 1 },
        encoding: {
          x: xChannel(x, plot),
          y,
          yOffset: offset,
          color: colour,
          tooltip: { field: 'tip', type: 'nominal' },
        },
      },
    ],
    margin,
  );
}

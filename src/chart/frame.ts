import type { TopLevelSpec } from 'vega-lite';
import { fail, mustBe } from '../base/index.js';
import { labelExpression, linearTicks, logTicks, type Notation, type Project, project, type Range } from './axis.js';
import { balanceText, plainText, wrapText } from './text.js';
import { MARGIN, SIZE, theme } from './theme.js';

/** A Vega-Lite specification, plain data: draw it with `renderSvg`, vega-embed or any other tool that reads Vega-Lite 6. */
export type ChartSpec = TopLevelSpec;

type LayeredSpec = Extract<TopLevelSpec, { layer: unknown }>;
/** One layer of a chart. */
export type Layer = LayeredSpec['layer'][number];
/** A row of inline data; the object is a tooltip, see `tipOf`. */
export type Row = Record<string, string | number | boolean | null | Readonly<Record<string, string>>>;

/** What every chart says in words. */
export interface ChartText {
  /** A sentence that says what the chart shows. */
  readonly title: string;
  /** Where the values come from, in what units. */
  readonly subtitle?: string;
}

export interface ChartSize {
  /** Width of the whole chart in pixels, default 720; from 300 and up. */
  readonly width?: number;
  /** Height of the plot in pixels, default 360. */
  readonly height?: number;
}

/** The plot inside the margins, in pixels. */
export interface Plot {
  readonly width: number;
  readonly height: number;
}

/** Space left and right of the plot, in pixels. */
export interface Margin {
  readonly left: number;
  readonly right: number;
}

/** Padding that the theme keeps around everything. */
const PADDING = 4;
const NARROWEST = 300;

/** Size of the plot in a chart of this size. */
export function plotOf({ width = 720, height = 360 }: ChartSize, margin: Margin = MARGIN): Plot {
  if (!(width >= NARROWEST)) fail(mustBe('chart width', `at least ${NARROWEST} pixels`, width));
  if (!(height > 0)) fail(mustBe('chart height', 'positive', height));
  return { width: width - margin.left - margin.right - 2 * PADDING, height };
}

/** Title, subtitle and theme around layers that share both axes. */
export function frame(
  { title, subtitle = '' }: ChartText,
  plot: Plot,
  layer: Layer[],
  margin: Margin = MARGIN,
): ChartSpec {
  const width = plot.width + margin.left + margin.right;
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description: plainText(subtitle ? `${title}. ${subtitle}` : title),
    title: {
      text: balanceText(plainText(title), width, SIZE.title, { bold: true }),
      ...(subtitle && { subtitle: balanceText(plainText(subtitle), width, SIZE.label) }),
    },
    width: plot.width,
    height: plot.height,
    padding: PADDING,
    layer,
    config: theme(),
  };
}

/** One axis: what stands on it, its range in data, and how its numbers are written. */
export interface AxisSpec {
  /** Name of the field in the rows: a constant of this room. */
  readonly field: string;
  readonly title: string;
  readonly range: Range;
  readonly notation: Notation;
  readonly log?: boolean;
  /** Puts the smaller values right (x) or on top (y). */
  readonly reverse?: boolean;
}

/** A plot with its two axes. */
export interface Axes {
  readonly plot: Plot;
  readonly x: AxisSpec;
  readonly y: AxisSpec;
}

const X_GAP: Record<Notation, number> = { power: 64, si: 52, plain: 52, percent: 56, bytes: 72 };
const Y_GAP = 34;

const scaleOf = ({ range, log = false, reverse = false }: AxisSpec) => ({
  type: log ? ('log' as const) : ('linear' as const),
  domain: [...range],
  nice: false,
  ...(!log && { zero: false }),
  ...(reverse && { reverse: true }),
});

function labelsOf({ range, log = false, notation }: AxisSpec, pixels: number, gap: number) {
  const values = log ? logTicks(range, pixels, gap) : linearTicks(range, Math.floor(pixels / gap));
  return { values, labelExpr: labelExpression(notation, values, log) };
}

/** The x channel of an axis, with its scale and labels. */
export const xChannel = (axis: AxisSpec, { width }: Plot) => ({
  field: axis.field,
  type: 'quantitative' as const,
  scale: scaleOf(axis),
  axis: { title: wrapText(plainText(axis.title), width, SIZE.label), ...labelsOf(axis, width, X_GAP[axis.notation]) },
});

/** The y channel of an axis; its title stands level above the axis, where it is read first. */
export const yChannel = (axis: AxisSpec, { width, height }: Plot) => ({
  field: axis.field,
  type: 'quantitative' as const,
  scale: scaleOf(axis),
  axis: {
    title: plainText(axis.title),
    titleAngle: 0,
    titleAlign: 'left' as const,
    titleBaseline: 'bottom' as const,
    titleX: -MARGIN.left,
    titleY: -10,
    titleLimit: width + MARGIN.left,
    ...labelsOf(axis, height, Y_GAP),
  },
});

/** Where values of both axes stand in the plot, in pixels. */
export function projectAxes({ plot: { width, height }, x, y }: Axes): { toX: Project; toY: Project } {
  return {
    toX: project(x.range, x.reverse ? [width, 0] : [0, width], x.log),
    toY: project(y.range, y.reverse ? [0, height] : [height, 0], y.log),
  };
}

import { fail, mustBe } from '../base/index.js';
import { shownNumber } from './axis.js';
import type { colourChannel } from './colour.js';
import { type Axes, type Layer, type Row, xChannel, yChannel } from './frame.js';
import { discOf, type LabelRequest, type PlacedLabel, type PlaceOptions, placeLabels, type Segment } from './place.js';

// Parts that several charts share. Field names are constants of this room; data is only ever values in rows.

/** A channel on a field that another layer has described already. */
export const shared = (field: string) => ({ field, type: 'quantitative' as const });

/** Refuses what a chart cannot draw, by the name of the value. */
export function checkNumber(what: string, value: number, { positive = false } = {}): number {
  if (!Number.isFinite(value) || (positive && !(value > 0)))
    fail(mustBe(what, positive ? 'a positive number' : 'a finite number', value));
  return value;
}

/** Refuses an empty chart. */
export function checkSome(chart: string, points: readonly unknown[]): void {
  if (points.length === 0) fail(`${chart} needs at least 1 point, got 0`);
}

/** Point areas in square pixels: many points are small. */
export const pointSize = (count: number) => (count > 200 ? 18 : count > 60 ? 34 : 56);

/** Radius of the disc of an area, in pixels. */
export const radiusOf = (area: number) => Math.sqrt(area / Math.PI);

/** The values of a point on both axes, each with its text for the tooltip. */
export const onAxes = ({ x, y }: Axes, atX: number, atY: number): Row => ({
  [x.field]: atX,
  [`${x.field}_text`]: shownNumber(atX, x.notation),
  [y.field]: atY,
  [`${y.field}_text`]: shownNumber(atY, y.notation),
});

/** Rows of a tooltip: field, and what it is. */
export const tooltip = (...rows: readonly (readonly [field: string, title: string])[]) =>
  rows.map(([field, title]) => ({ field, title }));

/** Points on both axes, with a tooltip: the name, both values, and what else is said. */
export const dotLayer = (
  axes: Axes,
  rows: Row[],
  { style, area, colour = {}, kind, more = [] }: DotOptions,
): Layer => ({
  data: { values: rows },
  mark: { type: 'point', style, size: area },
  encoding: {
    x: xChannel(axes.x, axes.plot),
    y: yChannel(axes.y, axes.plot),
    ...colour,
    tooltip: tooltip(
      ['name', kind],
      [`${axes.x.field}_text`, axes.x.title],
      [`${axes.y.field}_text`, axes.y.title],
      ...more,
    ),
  },
});

interface DotOptions {
  readonly style: string;
  readonly area: number;
  readonly colour?: ReturnType<typeof colourChannel>;
  /** What the points are: heads the tooltip, e.g. 'Run'. */
  readonly kind: string;
  /** More rows of the tooltip: field and what it is. */
  readonly more?: readonly (readonly [field: string, title: string])[];
}

const series = { detail: { field: 'series', type: 'nominal' as const } };

/** Band and line of a fitted curve: rows hold both axes' fields, lo, hi and series. Cut at the plot's edge. */
export function curveLayers({ x, y }: Axes, rows: readonly Row[]): Layer[] {
  if (rows.length === 0) return [];
  return [
    {
      data: { values: [...rows] },
      mark: { type: 'area', style: 'band', clip: true },
      encoding: { x: shared(x.field), y: shared('lo'), y2: { field: 'hi' }, ...series },
    },
    {
      data: { values: [...rows] },
      mark: { type: 'line', style: 'curve', clip: true },
      encoding: { x: shared(x.field), y: shared(y.field), ...series },
    },
  ];
}

/** The segments of a line through points, in pixels. */
export const pathOf = (points: readonly (readonly [x: number, y: number])[]): Segment[] =>
  points.slice(1).map(([x1, y1], i) => ({ x0: points[i][0], y0: points[i][1], x1, y1 }));

/** A point that asks for a name, or only wants not to be covered. */
export interface Name extends Omit<LabelRequest, 'priority' | 'bold'> {
  /** In the accent colour, and placed before the others. */
  readonly accent?: boolean;
  /** No name; the point keeps its place free. */
  readonly quiet?: boolean;
}

/** Leaders and names as placed; drawn in pixels, so the axes are untouched. */
export function nameLayers(points: readonly Name[], options: PlaceOptions): Layer[] {
  const names = points.filter(({ quiet }) => !quiet);
  const obstacles = [...(options.obstacles ?? []), ...points.filter(({ quiet }) => quiet).map(discOf)];
  const requests = names.map(({ accent = false, ...name }) => ({ ...name, bold: accent, priority: accent ? 1 : 0 }));
  const placed = placeLabels(requests, { ...options, obstacles });
  const drawn = (accent: boolean) => placed.filter(({ index }) => Boolean(names[index].accent) === accent);
  return [
    leaderLayer(placed),
    nameLayer(drawn(false), names, 'name'),
    nameLayer(drawn(true), names, 'nameAccent'),
  ].filter(layer => layer !== null);
}

/** A channel in pixels of the plot, outside every scale. */
export const pixel = (field: string) => ({ field, type: 'quantitative' as const, scale: null, axis: null });

/** Pixels to a hundredth. */
const rounded = (pixels: Record<string, number>): Row =>
  Object.fromEntries(Object.entries(pixels).map(([key, value]) => [key, Math.round(value * 100) / 100]));

function leaderLayer(placed: readonly PlacedLabel[]): Layer | null {
  const values = placed.flatMap(({ leader }) => (leader ? [rounded({ ...leader })] : []));
  if (values.length === 0) return null;
  return {
    data: { values },
    mark: { type: 'rule', style: 'leader' },
    encoding: { x: pixel('x0'), x2: { field: 'x1' }, y: pixel('y0'), y2: { field: 'y1' } },
  };
}

function nameLayer(placed: readonly PlacedLabel[], names: readonly Name[], style: string): Layer | null {
  if (placed.length === 0) return null;
  return {
    data: {
      values: placed.map(({ index, x, y, align }) => ({ name: names[index].text, ...rounded({ x, y }), align })),
    },
    mark: { type: 'text', style, baseline: 'middle', align: { expr: 'datum.align' } },
    encoding: { x: pixel('x'), y: pixel('y'), text: { field: 'name' } },
  };
}

import { fail, mustBe } from '../base/index.js';
import { shownNumber } from './axis.js';
import type { colourChannel } from './colour.js';
import { type Axes, type Layer, type Row, xChannel, yChannel } from './frame.js';
import { discOf, type LabelRequest, type PlacedLabel, type PlaceOptions, placeLabels, type Segment } from './place.js';
import { plainText } from './text.js';

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

/** Keys that the tooltip would draw as a heading or fetch as a picture. */
const SPECIAL = ['title', 'image'];

/**
 * A tooltip as a value in the data, shown as a table. Written out as fields with titles, Vega-Lite would build an
 * expression with the titles in it, and titles may come from outside.
 */
export const tipOf = (...rows: readonly (readonly [what: string, text: string])[]) =>
  Object.fromEntries(rows.map(([what, text]) => [SPECIAL.includes(what) ? `${what}:` : plainText(what), text]));

/** The channels that show the `tip` of a row on hover, and name it for screen readers. */
export const tipChannels = {
  tooltip: { field: 'tip', type: 'nominal' as const },
  description: { field: 'name', type: 'nominal' as const },
};

/** A point of a chart, before it is a row. */
export interface Dot {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly group?: string | number | null;
  /** More rows of the tooltip: what it is, and the text. */
  readonly more?: readonly (readonly [what: string, text: string])[];
}

interface DotOptions {
  readonly style: string;
  /** Area of one dot in square pixels. */
  readonly area: number;
  /** What the points are: heads the tooltip, e.g. 'Run'. */
  readonly kind: string;
  readonly colour?: ReturnType<typeof colourChannel>;
}

/** Points on both axes, with a tooltip: the name, both values, and what else is said. */
export const dotLayer = (axes: Axes, dots: readonly Dot[], { style, area, kind, colour = {} }: DotOptions): Layer => ({
  data: { values: dots.map(dot => dotRow(axes, kind, dot)) },
  mark: { type: 'point', style, size: area },
  encoding: { x: xChannel(axes.x, axes.plot), y: yChannel(axes.y, axes.plot), ...colour, ...tipChannels },
});

function dotRow({ x, y }: Axes, kind: string, { name, x: atX, y: atY, group, more = [] }: Dot): Row {
  const text = plainText(name);
  return {
    name: text,
    [x.field]: atX,
    [y.field]: atY,
    ...(group !== undefined && { group }),
    tip: tipOf([kind, text], [x.title, shownNumber(atX, x.notation)], [y.title, shownNumber(atY, y.notation)], ...more),
  };
}

const series = { detail: { field: 'series', type: 'nominal' as const } };

/** Band and line of a fitted curve: rows hold both axes' fields, lo, hi and series. Cut at the plot's edge. */
export function curveLayers({ x, y }: Axes, rows: readonly Row[]): Layer[] {
  if (rows.length === 0) return [];
  rows.forEach((row, i) => {
    for (const field of [x.field, y.field, 'lo', 'hi']) checkNumber(`curve[${i}].${field}`, Number(row[field]));
  });
  const encoding = { x: shared(x.field), ...series };
  return [
    {
      data: { values: [...rows] },
      layer: [
        {
          mark: { type: 'area', style: 'band', clip: true, aria: false },
          encoding: { ...encoding, y: shared('lo'), y2: { field: 'hi' } },
        },
        {
          mark: { type: 'line', style: 'curve', clip: true, aria: false },
          encoding: { ...encoding, y: shared(y.field) },
        },
      ],
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
    mark: { type: 'rule', style: 'leader', aria: false },
    encoding: { x: pixel('x0'), x2: { field: 'x1' }, y: pixel('y0'), y2: { field: 'y1' } },
  };
}

function nameLayer(placed: readonly PlacedLabel[], names: readonly Name[], style: string): Layer | null {
  if (placed.length === 0) return null;
  return {
    data: {
      values: placed.map(({ index, x, y, align }) => ({ name: names[index].text, ...rounded({ x, y }), align })),
    },
    mark: { type: 'text', style, aria: false, baseline: 'middle', align: { expr: 'datum.align' } },
    encoding: { x: pixel('x'), y: pixel('y'), text: { field: 'name' } },
  };
}

import { type Axes, type Layer, projectAxes } from './frame.js';
import { pixel } from './layers.js';
import type { Box } from './place.js';
import type { Region } from './staircase.js';
import { plainText, textWidth } from './text.js';
import { SIZE } from './theme.js';

// Compute regions behind a chart: bands over the whole height, named at the top.

/** Height of the line that holds the names of regions. */
const LINE = 18;
const NAME_GAP = 8;

interface Span {
  readonly name: string;
  readonly x0: number;
  readonly x1: number;
}

/** Each region's part of the plot from left to right, in pixels; regions outside the plot are left out. */
function spansOf(regions: readonly Region[], axes: Axes): Span[] {
  const { toX } = projectAxes(axes);
  const [low, high] = axes.x.range;
  const inside = (value: number) => toX(Math.min(high, Math.max(low, value)));
  return regions
    .map(({ name, from, to }) => {
      const ends = [inside(from ?? low), inside(to ?? high)];
      return { name: plainText(name), x0: Math.min(...ends), x1: Math.max(...ends) };
    })
    .filter(({ x0, x1 }) => x1 - x0 > 1);
}

const fits = ({ name, x0, x1 }: Span) => textWidth(name, SIZE.note) + NAME_GAP <= x1 - x0;

/** Every other region shaded, and the names of those that are wide enough. */
export function regionLayers(regions: readonly Region[], axes: Axes): Layer[] {
  const spans = spansOf(regions, axes);
  if (spans.length === 0) return [];
  return [
    {
      data: {
        values: spans.filter((_, i) => i % 2 === 0).map(({ x0, x1 }) => ({ x0, x1, y0: 0, y1: axes.plot.height })),
      },
      mark: { type: 'rect', style: 'region', aria: false },
      encoding: { x: pixel('x0'), x2: { field: 'x1' }, y: pixel('y0'), y2: { field: 'y1' } },
    },
    {
      data: { values: spans.filter(fits).map(({ name, x0, x1 }) => ({ name, x: (x0 + x1) / 2, y: LINE / 2 + 2 })) },
      mark: { type: 'text', style: 'note', aria: false, baseline: 'middle' },
      encoding: { x: pixel('x'), y: pixel('y'), text: { field: 'name' } },
    },
  ];
}

/** The places of the regions' names, which other names keep free. */
export const regionHeads = (regions: readonly Region[], axes: Axes): Box[] =>
  spansOf(regions, axes)
    .filter(fits)
    .map(({ x0, x1 }) => ({ x0, x1, y0: 0, y1: LINE }));

import { type Notation, padRange, type Range, rangeOf } from './axis.js';
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
import { checkNumber, checkSome, dotLayer, nameLayers, pathOf, shared } from './layers.js';
import { regionHeads, regionLayers } from './region.js';
import { type Corner, type Region, staircase, WHOLE } from './staircase.js';
import { plainText } from './text.js';

/** A model with what it costs and how good it is. */
export interface FrontierPoint {
  readonly name: string;
  /** In the unit of the cost axis; positive. */
  readonly cost: number;
  readonly quality: number;
  /** On the frontier: nothing is cheaper and as good. */
  readonly efficient: boolean;
  /** Named in the accent colour whether efficient or not: the sizes that everyone knows. */
  readonly accent?: boolean;
}

export interface FrontierValues extends ChartText {
  readonly points: readonly FrontierPoint[];
  readonly cost: {
    readonly title: string;
    readonly notation: Notation;
    /** 'larger' for speeds: the axis then runs backwards, so that cheap is left on every chart. Default 'smaller'. */
    readonly better?: 'smaller' | 'larger';
  };
  readonly quality: { readonly title: string /** Default 'larger'. */; readonly better?: 'smaller' | 'larger' };
  readonly regions?: readonly Region[];
}

/** Room around the points, as a share of each range. */
const EDGE = 0.07;
/** Room at the top of the plot for the names of regions, as a share of the range. */
const HEAD = 0.14;

/**
 * Quality against cost: the frontier as a staircase, the models on it by name, the others in grey.
 *
 * Cheap is left and good is up on every such chart: axes on which smaller or larger is better turn accordingly.
 * With regions there is one staircase per region.
 */
export function frontierChart(values: FrontierValues, size: ChartSize = {}): ChartSpec {
  const { points, regions = [] } = values;
  checkSome('frontierChart', points);
  points.forEach(({ cost, quality }, i) => {
    checkNumber(`points[${i}].cost`, cost, { positive: true });
    checkNumber(`points[${i}].quality`, quality);
  });
  const axes = axesOf(values, plotOf(size));
  const stairs = stairsOf(values, axes.x.range);
  return frame(values, axes.plot, [
    ...regionLayers(regions, axes),
    ...stairs.map(stepLayer),
    ...pointLayers(values, axes),
    ...namesOf(values, axes, stairs),
  ]);
}

/** Both axes; that of quality has room at its top where regions are named. */
function axesOf({ points, cost, quality, regions = [] }: FrontierValues, plot: Plot): Axes {
  const reverse = quality.better === 'smaller';
  const [low, high] = padRange(rangeOf(points.map(point => point.quality)), EDGE);
  const head = regions.length > 0 ? HEAD * (high - low) : 0;
  return {
    plot,
    x: {
      field: 'cost',
      title: cost.title,
      range: padRange(rangeOf(points.map(point => point.cost)), EDGE, true),
      notation: cost.notation,
      log: true,
      reverse: cost.better === 'larger',
    },
    y: {
      field: 'quality',
      title: quality.title,
      range: reverse ? [low - head, high] : [low, high + head],
      notation: 'plain',
      reverse,
    },
  };
}

function stairsOf({ points, cost, regions = [] }: FrontierValues, range: Range): Corner[][] {
  const efficient = points.filter(point => point.efficient);
  const options = { range, larger: cost.better === 'larger' };
  return (regions.length > 0 ? regions : [WHOLE])
    .map(region => staircase(efficient, region, options))
    .filter(corners => corners.length > 0);
}

const stepLayer = (corners: readonly Corner[]): Layer => ({
  data: { values: corners.map(([cost, quality], order) => ({ cost, quality, order })) },
  mark: { type: 'line', style: 'step', clip: true, aria: false },
  encoding: { x: shared('cost'), y: shared('quality'), order: { field: 'order' } },
});

/** One layer for each way a point can stand: dominated, on the frontier, and both in the accent colour. */
const STYLES = [
  { style: 'muted', efficient: false, accent: false, area: 36 },
  { style: 'frontier', efficient: true, accent: false, area: 64 },
  { style: 'accent', efficient: true, accent: true, area: 64 },
  { style: 'accentHollow', efficient: false, accent: true, area: 64 },
] as const;

function pointLayers({ points }: FrontierValues, axes: Axes): Layer[] {
  return STYLES.flatMap(({ style, efficient, accent, area }) => {
    const dots = points
      .filter(point => point.efficient === efficient && Boolean(point.accent) === accent)
      .map(({ name, cost, quality }) => ({
        name,
        x: cost,
        y: quality,
        more: [['Standing', efficient ? 'on the frontier' : 'dominated'] as const],
      }));
    return dots.length > 0 ? [dotLayer(axes, dots, { style, area, kind: 'Model' })] : [];
  });
}

/** Of points that share a name, such as checkpoints of one model, the best one carries it. */
function bestByName({ points, quality }: FrontierValues): Set<FrontierPoint> {
  const better = quality.better === 'smaller' ? -1 : 1;
  const best = new Map<string, FrontierPoint>();
  for (const point of points) {
    if (!point.efficient && !point.accent) continue;
    const known = best.get(point.name);
    if (!known || better * (point.quality - known.quality) > 0) best.set(point.name, point);
  }
  return new Set(best.values());
}

function namesOf(values: FrontierValues, axes: Axes, stairs: readonly Corner[][]): Layer[] {
  const { toX, toY } = projectAxes(axes);
  const { points, regions = [] } = values;
  const named = bestByName(values);
  const names = points.map(point => ({
    text: plainText(point.name),
    x: toX(point.cost),
    y: toY(point.quality),
    radius: point.efficient || point.accent ? 5.5 : 4.5,
    accent: point.accent,
    quiet: !named.has(point),
  }));
  return nameLayers(names, {
    ...axes.plot,
    obstacles: regionHeads(regions, axes),
    lines: stairs.flatMap(corners => pathOf(corners.map(([cost, quality]) => [toX(cost), toY(quality)]))),
  });
}

import { type Notation, padRange, type Range, rangeOf } from './axis.js';
import { colourChannel, type Group, groupsOf, groupValue } from './colour.js';
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
import {
  checkNumber,
  checkSome,
  curveLayers,
  dotLayer,
  nameLayers,
  onAxes,
  pathOf,
  pointSize,
  radiusOf,
  shared,
} from './layers.js';
import { plainText } from './text.js';

/** A measured loss. */
export interface LossPoint {
  readonly name: string;
  /** Whatever the x axis holds; by default training FLOPs. Positive. */
  readonly compute: number;
  /** Nats per token. */
  readonly loss: number;
  readonly group?: Group;
  /** Left out of the fit: drawn hollow and grey. */
  readonly excluded?: boolean;
}

/** A fitted loss with its interval. */
export interface CurvePoint {
  readonly compute: number;
  readonly loss: number;
  readonly lo: number;
  readonly hi: number;
  /** Points of one line share a series; without it there is one line. */
  readonly series?: string;
}

/** A prediction that stands apart from the curve: named, with its interval. */
export interface TargetPoint extends CurvePoint {
  readonly name: string;
}

export interface LossComputeValues extends ChartText {
  readonly points: readonly LossPoint[];
  readonly curve?: readonly CurvePoint[];
  readonly targets?: readonly TargetPoint[];
  /** What the groups are, e.g. 'Layers'. */
  readonly groupTitle?: string;
  /** Default 'Training compute (FLOPs)'. */
  readonly computeTitle?: string;
  /** Default 'power': 10 to the 18. */
  readonly computeNotation?: Notation;
  /** Default 'Loss (nats per token)'. */
  readonly lossTitle?: string;
}

/** Loss against compute on a log axis, with the fitted curve and its band. The loss axis does not start at zero. */
export function lossComputeChart(values: LossComputeValues, size: ChartSize = {}): ChartSpec {
  const { points, curve = [] } = values;
  checkSome('lossComputeChart', points);
  points.forEach(({ compute, loss }, i) => {
    checkNumber(`points[${i}].compute`, compute, { positive: true });
    checkNumber(`points[${i}].loss`, loss);
  });
  const axes = axesOf(values, plotOf(size));
  return frame(values, axes.plot, [
    ...curveLayers(
      axes,
      curve.map(({ compute, loss, lo, hi, series = '' }) => ({ compute, loss, lo, hi, series })),
    ),
    ...pointLayers(values, axes),
    ...targetLayers(values, axes),
  ]);
}

function axesOf(values: LossComputeValues, plot: Plot): Axes {
  const { points, targets = [], computeNotation = 'power' } = values;
  return {
    plot,
    x: {
      field: 'compute',
      title: values.computeTitle ?? 'Training compute (FLOPs)',
      range: padRange(rangeOf([...points, ...targets].map(({ compute }) => compute)), 0.04, true),
      notation: computeNotation,
      log: true,
    },
    y: {
      field: 'loss',
      title: values.lossTitle ?? 'Loss (nats per token)',
      range: padRange(lossRange(values), 0.06),
      notation: 'plain',
    },
  };
}

/** Points, targets with their intervals, and the curve; the band may run out of the plot. */
function lossRange({ points, curve = [], targets = [] }: LossComputeValues): Range {
  const [low, high] = rangeOf(points.map(({ compute }) => compute));
  const near = curve.filter(({ compute }) => compute >= low && compute <= high);
  return rangeOf([
    ...[...points, ...near].map(({ loss }) => loss),
    ...targets.flatMap(({ lo, hi, loss }) => [lo, loss, hi]),
  ]);
}

function pointLayers({ points, groupTitle }: LossComputeValues, axes: Axes): Layer[] {
  const groups = groupsOf(points.map(({ group }) => group));
  const rows = (excluded: boolean) =>
    points
      .filter(point => Boolean(point.excluded) === excluded)
      .map(({ name, compute, loss, group }) => ({
        name: plainText(name),
        ...onAxes(axes, compute, loss),
        group: groupValue(group, groups),
      }));
  const area = pointSize(points.length);
  const more = groups.kind === 'none' ? [] : [['group', groupTitle ?? 'Group'] as const];
  const excluded = rows(true);
  return [
    ...(excluded.length > 0
      ? [dotLayer(axes, excluded, { style: 'excluded', area, kind: 'Run, not in the fit', more })]
      : []),
    dotLayer(axes, rows(false), {
      style: 'points',
      area,
      kind: 'Run',
      more,
      colour: colourChannel(groups, groupTitle, axes.plot),
    }),
  ];
}

const TARGET_AREA = 90;

/** Predictions as named diamonds over their intervals. */
function targetLayers({ targets = [], curve = [] }: LossComputeValues, axes: Axes): Layer[] {
  if (targets.length === 0) return [];
  const { toX, toY } = projectAxes(axes);
  const rows = targets.map(({ name, compute, loss, lo, hi }) => ({
    name: plainText(name),
    ...onAxes(axes, compute, loss),
    lo,
    hi,
  }));
  const names = targets.map(({ name, compute, loss }) => ({
    text: plainText(name),
    x: toX(compute),
    y: toY(loss),
    radius: radiusOf(TARGET_AREA) + 2,
    accent: true,
  }));
  return [
    {
      data: { values: rows },
      mark: { type: 'rule', style: 'interval', clip: true },
      encoding: { x: shared('compute'), y: shared('lo'), y2: { field: 'hi' } },
    },
    dotLayer(axes, rows, { style: 'target', area: TARGET_AREA, kind: 'Prediction' }),
    ...nameLayers(names, { ...axes.plot, lines: pathOf(curve.map(({ compute, loss }) => [toX(compute), toY(loss)])) }),
  ];
}

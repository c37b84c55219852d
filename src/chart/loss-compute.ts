import { type Notation, padRange, type Range, rangeOf, shownNumber } from './axis.js';
import { colourChannel, type Group, groupsOf, groupTip, groupValue } from './colour.js';
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
  const { points, curve = [], targets = [] } = values;
  checkSome('lossComputeChart', points);
  points.forEach(({ compute, loss }, i) => {
    checkNumber(`points[${i}].compute`, compute, { positive: true });
    checkNumber(`points[${i}].loss`, loss);
  });
  targets.forEach(({ compute, loss, lo, hi }, i) => {
    checkNumber(`targets[${i}].compute`, compute, { positive: true });
    for (const value of [loss, lo, hi]) checkNumber(`targets[${i}].loss and its interval`, value);
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
  const dots = (excluded: boolean) =>
    points
      .filter(point => Boolean(point.excluded) === excluded)
      .map(({ name, compute, loss, group }) => ({
        name,
        x: compute,
        y: loss,
        group: groupValue(group, groups),
        more: groupTip(group, groupTitle ?? 'Group'),
      }));
  const area = pointSize(points.length);
  const colour = colourChannel(groups, groupTitle, axes.plot);
  const excluded = dots(true);
  return [
    ...(excluded.length > 0
      ? [dotLayer(axes, excluded, { style: 'excluded', area, kind: 'Run, not in the fit' })]
      : []),
    dotLayer(axes, dots(false), { style: 'points', area, kind: 'Run', colour }),
  ];
}

const TARGET_AREA = 90;

/** Predictions as named diamonds over their intervals. */
function targetLayers({ targets = [], curve = [] }: LossComputeValues, axes: Axes): Layer[] {
  if (targets.length === 0) return [];
  const { toX, toY } = projectAxes(axes);
  const dots = targets.map(({ name, compute, loss, lo, hi }) => ({
    name,
    x: compute,
    y: loss,
    more: [['Interval', `${shownNumber(lo, 'plain')} to ${shownNumber(hi, 'plain')}`] as const],
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
      data: { values: targets.map(({ compute, lo, hi }) => ({ compute, lo, hi })) },
      mark: { type: 'rule', style: 'interval', clip: true, aria: false },
      encoding: { x: shared('compute'), y: shared('lo'), y2: { field: 'hi' } },
    },
    dotLayer(axes, dots, { style: 'target', area: TARGET_AREA, kind: 'Prediction' }),
    ...nameLayers(names, { ...axes.plot, lines: pathOf(curve.map(({ compute, loss }) => [toX(compute), toY(loss)])) }),
  ];
}

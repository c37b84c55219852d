import { padRange, rangeOf } from './axis.js';
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
import { checkNumber, checkSome, curveLayers, dotLayer, nameLayers, pathOf, pointSize, radiusOf } from './layers.js';
import { plainText } from './text.js';

/** A model before and after fine-tuning. */
export interface DownstreamPoint {
  readonly name: string;
  /** Upstream: nats per token. */
  readonly loss: number;
  /** Downstream: larger is better. */
  readonly score: number;
  /** What the colour shows, e.g. encoder layers. */
  readonly shape?: Group;
  /** Named in the accent colour, and before the others. */
  readonly accent?: boolean;
}

/** A fitted score with its interval. */
export interface DownstreamCurvePoint {
  readonly loss: number;
  readonly score: number;
  readonly lo: number;
  readonly hi: number;
  readonly series?: string;
}

export interface DownstreamValues extends ChartText {
  readonly points: readonly DownstreamPoint[];
  readonly curve?: readonly DownstreamCurvePoint[];
  /** What the colour shows, e.g. 'Encoder layers'. */
  readonly shapeTitle?: string;
  /** Default 'Downstream score'. */
  readonly scoreTitle?: string;
  /** Default 'Upstream loss (nats per token; better to the right)'. */
  readonly lossTitle?: string;
}

/** With more points than this only those with an accent are named. */
const NAMED = 40;

/**
 * Downstream score against upstream loss, with the shape as colour.
 *
 * The loss axis runs from large to small, so that better is up and to the right; its title says so.
 */
export function downstreamChart(values: DownstreamValues, size: ChartSize = {}): ChartSpec {
  const { points, curve = [], shapeTitle } = values;
  checkSome('downstreamChart', points);
  points.forEach(({ loss, score }, i) => {
    checkNumber(`points[${i}].loss`, loss);
    checkNumber(`points[${i}].score`, score);
  });
  const axes = axesOf(values, plotOf(size));
  const groups = groupsOf(points.map(({ shape }) => shape));
  const dots = points.map(({ name, loss, score, shape }) => ({
    name,
    x: loss,
    y: score,
    group: groupValue(shape, groups),
    more: groupTip(shape, shapeTitle ?? 'Shape'),
  }));
  return frame(values, axes.plot, [
    ...curveLayers(
      axes,
      curve.map(({ loss, score, lo, hi, series = '' }) => ({ loss, score, lo, hi, series })),
    ),
    dotLayer(axes, dots, {
      style: 'points',
      area: pointSize(points.length),
      kind: 'Model',
      colour: colourChannel(groups, shapeTitle, axes.plot),
    }),
    ...namesOf(values, axes),
  ]);
}

function axesOf({ points, lossTitle, scoreTitle }: DownstreamValues, plot: Plot): Axes {
  return {
    plot,
    x: {
      field: 'loss',
      title: lossTitle ?? 'Upstream loss (nats per token; better to the right)',
      range: padRange(rangeOf(points.map(({ loss }) => loss)), 0.07),
      notation: 'plain',
      reverse: true,
    },
    y: {
      field: 'score',
      title: scoreTitle ?? 'Downstream score',
      range: padRange(rangeOf(points.map(({ score }) => score)), 0.09),
      notation: 'plain',
    },
  };
}

function namesOf({ points, curve = [] }: DownstreamValues, axes: Axes): Layer[] {
  const { toX, toY } = projectAxes(axes);
  const names = points.map(({ name, loss, score, accent = false }) => ({
    text: plainText(name),
    x: toX(loss),
    y: toY(score),
    radius: radiusOf(pointSize(points.length)) + 1,
    accent,
    quiet: points.length > NAMED && !accent,
  }));
  return nameLayers(names, { ...axes.plot, lines: pathOf(curve.map(({ loss, score }) => [toX(loss), toY(score)])) });
}

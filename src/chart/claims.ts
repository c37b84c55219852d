import { fail, format, mustBe } from '../base/index.js';
import { padRange, rangeOf } from './axis.js';
import {
  type AxisSpec,
  type ChartSize,
  type ChartSpec,
  type ChartText,
  frame,
  type Layer,
  type Plot,
  plotOf,
  type Row,
  xChannel,
} from './frame.js';
import { checkSome, pixel, shared, tipChannels, tipOf } from './layers.js';
import { plainText, textWidth, wrapText } from './text.js';
import { SIZE } from './theme.js';

/** One claim as a ratio: what the source says, and what we compute. */
export interface ClaimPair {
  readonly name: string;
  /** Positive. */
  readonly paper: number;
  /** Positive. */
  readonly computed: number;
}

export interface ClaimsValues extends ChartText {
  readonly claims: readonly ClaimPair[];
  /** Default 'Ratio (log axis)'. */
  readonly ratioTitle?: string;
}

const ROW = 34;
const GAP = 12;
const HEAD = 'paper \u2192 ours';
const LINE = 15;
const NAME_SHARE = 0.42;

/** Claims as pairs of dots on a log axis of ratios: hollow is the paper's number, filled is ours. */
export function claimsChart(values: ClaimsValues, size: Omit<ChartSize, 'height'> = {}): ChartSpec {
  const { claims } = values;
  checkSome('claimsChart', claims);
  for (const { name, paper, computed } of claims)
    for (const ratio of [paper, computed])
      if (!(ratio > 0 && Number.isFinite(ratio))) fail(mustBe(`claim ${name}`, 'a positive ratio', ratio));
  const { width = 720 } = size;
  const names = claims.map(({ name }) => twoLines(plainText(name), NAME_SHARE * width));
  const ratios = claims.map(({ paper, computed }) => `${paper.toPrecision(3)} \u2192 ${computed.toPrecision(3)}`);
  const margin = { left: widest(names.flat()) + GAP, right: widest([HEAD, ...ratios]) + GAP };
  const plot = plotOf({ width, height: claims.length * ROW }, margin);
  const x = ratioAxis(values);
  const nameRows = names.map((lines, row) => ({
    text: lines.join('\n'),
    x: -GAP,
    y: middle(row) - ((lines.length - 1) * LINE) / 2,
  }));
  const ratioRows = ratios.map((text, row) => ({ text, x: plot.width + GAP, y: middle(row) }));
  const head = { text: HEAD, x: plot.width + GAP, y: -ROW / 6 };
  return frame(
    values,
    plot,
    [
      rowLayer(claims.length, plot),
      linkLayer(claims),
      pairLayer(claims, 'ring', xChannel(x, plot)),
      pairLayer(claims, 'frontier', shared('computed')),
      textLayer(nameRows, { style: 'name', align: 'right' }),
      textLayer(ratioRows, { style: 'name', align: 'left' }),
      textLayer([head], { style: 'note', align: 'left' }),
    ],
    margin,
  );
}

const ratioAxis = ({ claims, ratioTitle }: ClaimsValues): AxisSpec => ({
  field: 'paper',
  title: ratioTitle ?? 'Ratio (log axis)',
  range: padRange(rangeOf(claims.flatMap(({ paper, computed }) => [paper, computed])), 0.05, true),
  notation: 'plain',
  log: true,
});

/** A name on at most two lines. */
function twoLines(name: string, width: number): string[] {
  const lines = wrapText(name, width, SIZE.label);
  return lines.length <= 2 ? lines : [lines[0], `${lines[1]} \u2026`];
}

const middle = (row: number) => (row + 0.5) * ROW;
const widest = (texts: readonly string[]) => Math.ceil(Math.max(...texts.map(text => textWidth(text, SIZE.label)))) + 2;

const rowLayer = (count: number, { width }: Plot): Layer => ({
  data: { values: Array.from({ length: count }, (_, row) => ({ x0: 0, x1: width, y: middle(row) })) },
  mark: { type: 'rule', style: 'row', aria: false },
  encoding: { x: pixel('x0'), x2: { field: 'x1' }, y: pixel('y') },
});

const linkLayer = (claims: readonly ClaimPair[]): Layer => ({
  data: { values: claims.map(({ paper, computed }, row) => ({ paper, computed, y: middle(row) })) },
  mark: { type: 'rule', style: 'link', aria: false },
  encoding: { x: shared('paper'), x2: { field: 'computed' }, y: pixel('y') },
});

type Channel = ReturnType<typeof xChannel> | ReturnType<typeof shared>;

const pairLayer = (claims: readonly ClaimPair[], style: string, x: Channel): Layer => ({
  data: {
    values: claims.map(({ name, paper, computed }, row) => ({
      name: plainText(name),
      paper,
      computed,
      y: middle(row),
      tip: tipOf(
        ['Claim', plainText(name)],
        ['Paper', format.digits(paper)],
        ['Ours', format.digits(computed)],
        ['Difference', format.percent(computed / paper - 1, 2)],
      ),
    })),
  },
  mark: { type: 'point', style },
  encoding: {
    x,
    y: pixel('y'),
    ...tipChannels,
  },
});

const textLayer = (rows: Row[], { style, align }: { style: string; align: 'left' | 'right' }): Layer => ({
  data: { values: rows },
  mark: { type: 'text', style, aria: false, align, baseline: 'middle', limit: 0, lineBreak: '\n', lineHeight: LINE },
  encoding: { x: pixel('x'), y: pixel('y'), text: { field: 'text' } },
});

import { fail, mustBe } from '../base/index.js';
import { type Notation, shownNumber } from './axis.js';
import { legendColumns } from './colour.js';
import {
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
import { checkSome, pixel, tipChannels, tipOf } from './layers.js';
import { plainText, textWidth } from './text.js';
import { COLOUR_COUNT, DARK_FILLS, SIZE } from './theme.js';

/** What one shape costs, item by item. */
export interface LedgerBar {
  readonly name: string;
  /** Named amounts, none negative. */
  readonly items: Readonly<Record<string, number>>;
}

export interface CostLedgerValues extends ChartText {
  readonly bars: readonly LedgerBar[];
  /** How amounts are written: 'si' for parameters, 'power' for FLOPs, 'bytes' for memory. */
  readonly notation: Notation;
  /** Follows the totals, e.g. 'FLOPs'. */
  readonly unit?: string;
  /** Bars as shares of their totals; by default when the totals differ by more than 12 times. */
  readonly share?: boolean;
}

const REST = 'other';
const SHARE_FROM = 12;
const ROW = 32;
const BAR = 20;
/** Widest name, as a share of the chart, and the space between it and the bar. */
const NAME_SHARE = 0.34;
const GAP = 8;
/** Segments narrower than this have no number in them. */
const LABELLED = 36;

/**
 * What shapes cost, as stacked horizontal bars with the total at the end.
 *
 * Items keep the order in which they first appear; the smallest beyond the number of colours are summed as 'other'.
 */
export function costLedgerChart(values: CostLedgerValues, size: Omit<ChartSize, 'height'> = {}): ChartSpec {
  const bars = parseBars(values);
  const totals = bars.map(({ total }) => total);
  const { share = Math.max(...totals) > SHARE_FROM * Math.min(...totals) } = values;
  const { width = 720 } = size;
  const ends = bars.map(({ total }) => [shownNumber(total, values.notation), values.unit].filter(Boolean).join(' '));
  const margin = {
    left: Math.min(NAME_SHARE * width, widest(bars.map(({ name }) => name))) + GAP,
    right: widest(ends) + GAP,
  };
  const plot = plotOf({ width, height: bars.length * ROW }, margin);
  const items = itemNames(bars);
  const scaleTo = share ? 1 : Math.max(...totals);
  const rows = bars.flatMap((bar, row) => segments(bar, row, items, share, plot.width / scaleTo, values.notation));
  return frame(
    values,
    plot,
    [
      barLayer(rows, items, share, scaleTo, plot),
      shareLayer(
        rows.filter(({ inverse }) => inverse),
        'onDark',
      ),
      shareLayer(
        rows.filter(({ inverse }) => !inverse),
        'onLight',
      ),
      textLayer(
        bars.map(({ name }, row) => ({ text: name, x: -GAP, y: (row + 0.5) * ROW })),
        'right',
        margin.left - GAP,
      ),
      textLayer(
        bars.map(({ total }, row) => ({
          text: ends[row],
          x: (share ? 1 : total / scaleTo) * plot.width + GAP,
          y: (row + 0.5) * ROW,
        })),
        'left',
        margin.right,
      ),
    ],
    margin,
  );
}

const widest = (texts: readonly string[]) => Math.ceil(Math.max(...texts.map(text => textWidth(text, SIZE.label)))) + 2;

interface Bar {
  readonly name: string;
  readonly items: ReadonlyMap<string, number>;
  readonly total: number;
}

function parseBars({ bars }: CostLedgerValues): Bar[] {
  checkSome('costLedgerChart', bars);
  return bars.map(({ name, items }) => {
    const amounts = Object.entries(items).map(([item, amount]): [string, number] => {
      if (!(amount >= 0 && Number.isFinite(amount)))
        fail(mustBe(`${name}, ${item}`, 'a finite number from 0 and up', amount));
      return [plainText(item), amount];
    });
    const total = amounts.reduce((sum, [, amount]) => sum + amount, 0);
    if (!(total > 0)) fail(mustBe(`total of ${name}`, 'positive', total));
    return { name: plainText(name), items: new Map(amounts), total };
  });
}

/** Items in order of appearance; where there are too many, those with the largest share in any bar. */
function itemNames(bars: readonly Bar[]): string[] {
  const shares = new Map<string, number>();
  for (const { items, total } of bars)
    for (const [item, amount] of items) shares.set(item, Math.max(shares.get(item) ?? 0, amount / total));
  const names = [...shares.keys()].filter(name => shares.get(name)! > 0);
  if (names.length <= COLOUR_COUNT) return names;
  const kept = new Set([...names].sort((a, b) => shares.get(b)! - shares.get(a)!).slice(0, COLOUR_COUNT - 1));
  return [...names.filter(name => kept.has(name)), REST];
}

type SegmentRow = Row & { readonly inverse: boolean; readonly middle: number; readonly label: string };

/** The segments of one bar from left to right, in units of the x scale, and where a number in them stands. */
function segments(bar: Bar, row: number, items: readonly string[], share: boolean, pixels: number, notation: Notation) {
  const amounts = new Map<string, number>();
  for (const [item, amount] of bar.items) {
    const name = items.includes(item) ? item : REST;
    amounts.set(name, (amounts.get(name) ?? 0) + amount);
  }
  let from = 0;
  return items.flatMap((item, index): SegmentRow[] => {
    const amount = amounts.get(item) ?? 0;
    if (amount === 0) return [];
    const to = from + amount / (share ? bar.total : 1);
    const percent = `${Math.round((100 * amount) / bar.total)} %`;
    const segment = {
      name: `${bar.name}, ${item}`,
      item,
      from,
      to,
      tip: tipOf(
        ['Shape', bar.name],
        ['Part', item],
        ['Amount', shownNumber(amount, notation)],
        ['Share', shownNumber(amount / bar.total, 'percent')],
      ),
      y0: row * ROW + (ROW - BAR) / 2,
      y1: row * ROW + (ROW + BAR) / 2,
      middle: ((from + to) / 2) * pixels,
      label: (to - from) * pixels >= LABELLED ? percent : '',
      inverse: DARK_FILLS.includes(index),
    };
    from = to;
    return [segment];
  });
}

function barLayer(rows: SegmentRow[], items: readonly string[], share: boolean, scaleTo: number, plot: Plot): Layer {
  const x = xChannel({ field: 'from', title: '', range: [0, scaleTo], notation: 'percent' }, plot);
  return {
    data: { values: rows },
    mark: { type: 'rect', style: 'segment' },
    encoding: {
      x: { ...x, axis: share ? { ...x.axis, title: null, grid: true, domain: false, ticks: false } : null },
      x2: { field: 'to' },
      y: pixel('y0'),
      y2: { field: 'y1' },
      color: {
        field: 'item',
        type: 'nominal',
        scale: { domain: [...items] },
        legend: { title: null, columns: legendColumns(items, plot.width), symbolType: 'square', offset: 12 },
      },
      ...tipChannels,
    },
  };
}

const shareLayer = (rows: SegmentRow[], style: string): Layer => ({
  data: {
    values: rows
      .filter(({ label }) => label)
      .map(({ label, middle, y0, y1 }) => ({ label, x: middle, y: (Number(y0) + Number(y1)) / 2 })),
  },
  mark: { type: 'text', style, aria: false, baseline: 'middle', align: 'center' },
  encoding: { x: pixel('x'), y: pixel('y'), text: { field: 'label' } },
});

const textLayer = (rows: Row[], align: 'left' | 'right', limit: number): Layer => ({
  data: { values: rows },
  mark: { type: 'text', style: 'name', aria: false, align, baseline: 'middle', limit },
  encoding: { x: pixel('x'), y: pixel('y'), text: { field: 'text' } },
});

import { format } from '../base/index.js';
import { labelExpression, type Range, rangeOf } from './axis.js';
import type { Plot } from './frame.js';
import { checkNumber } from './layers.js';
import { plainText, textWidth } from './text.js';
import { COLOUR_COUNT, SIZE } from './theme.js';

/** What a point belongs to: a number (a depth, a size) or a name. */
export type Group = string | number;

/** How groups become colours: numbers a ramp, names a legend. */
export type Groups =
  | { readonly kind: 'none' }
  | { readonly kind: 'ramp'; readonly range: Range }
  | { readonly kind: 'names'; readonly names: readonly string[] };

const REST = 'other';
/** Ramps that span more than this factor are logarithmic. */
const LOG_FROM = 50;
/** Symbol and gaps of one legend entry, in pixels. */
const LEGEND_ENTRY = 34;

/** The most frequent names, in order of appearance, as many as there are colours; the rest shares the last colour. */
function keptNames(groups: readonly Group[]): string[] {
  const counts = new Map<string, number>();
  for (const group of groups) counts.set(plainText(String(group)), (counts.get(plainText(String(group))) ?? 0) + 1);
  const names = [...counts.keys()];
  if (names.length <= COLOUR_COUNT) return names;
  const kept = new Set([...names].sort((a, b) => counts.get(b)! - counts.get(a)!).slice(0, COLOUR_COUNT - 1));
  return [...names.filter(name => kept.has(name)), REST];
}

/** One group or none needs no colour. */
export function groupsOf(groups: readonly (Group | undefined)[]): Groups {
  const present = groups.filter(group => group !== undefined);
  if (new Set(present).size < 2) return { kind: 'none' };
  const numbers = present.filter(group => typeof group === 'number');
  for (const number of numbers) checkNumber('group', number);
  if (numbers.length === present.length) return { kind: 'ramp', range: rangeOf(numbers) };
  return { kind: 'names', names: keptNames(present) };
}

/** The value of the `group` field of a row. */
export function groupValue(group: Group | undefined, groups: Groups): Group | null {
  if (group === undefined || groups.kind === 'none') return null;
  if (groups.kind === 'ramp') return group;
  const name = plainText(String(group));
  return groups.names.includes(name) ? name : REST;
}

/** The row of a tooltip that says the group; none where there is none. */
export const groupTip = (group: Group | undefined, title: string): [string, string][] =>
  group === undefined ? [] : [[title, typeof group === 'number' ? format.count(group) : plainText(group)]];

const heading = (title: string | undefined) => ({ title: title === undefined ? null : plainText(title) });

/** The colour channel over the `group` field; empty where there is nothing to tell apart. */
export function colourChannel(groups: Groups, title: string | undefined, plot: Plot) {
  if (groups.kind === 'none') return {};
  if (groups.kind === 'ramp') {
    const log = groups.range[0] > 0 && groups.range[1] / groups.range[0] > LOG_FROM;
    const values = [...groups.range];
    return {
      color: {
        field: 'group',
        type: 'quantitative' as const,
        scale: { type: log ? ('log' as const) : ('linear' as const), domain: values, nice: false },
        legend: { ...heading(title), values, labelExpr: labelExpression('si', values) },
      },
    };
  }
  return {
    color: {
      field: 'group',
      type: 'nominal' as const,
      scale: { domain: [...groups.names] },
      legend: { ...heading(title), columns: legendColumns(groups.names, plot.width) },
    },
  };
}

/** As many columns as fit the width, so that a long legend breaks into rows. */
export function legendColumns(names: readonly string[], width: number): number {
  const widths = names.map(name => Math.min(180, textWidth(name, SIZE.label)) + LEGEND_ENTRY);
  const total = widths.reduce((sum, entry) => sum + entry, 0);
  return total <= width ? names.length : Math.max(1, Math.floor(width / Math.max(...widths)));
}

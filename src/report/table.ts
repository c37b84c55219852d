import { format } from '../base/index.js';
import type { Cell, Column, MarkedCell, TableBlock } from './content.js';
import { type Html, html, nothing } from './html.js';
import { inline } from './inline.js';

const marked = (cell: Cell | undefined): MarkedCell =>
  cell !== null && typeof cell === 'object' ? cell : { value: cell === undefined ? null : cell };

const classOf = (...names: (string | false | undefined)[]) => {
  const present = names.filter(name => name);
  return present.length > 0 ? html` class="${present.join(' ')}"` : nothing;
};

const MIXED_FROM = 1000;

/** Numbers of like size are written with as many decimals as the longest of them needs; others each for itself. */
function writerOf(values: readonly number[]): (value: number) => string {
  const sizes = values.map(Math.abs).filter(size => size > 0);
  const texts = values.map(value => format.digits(value));
  const mixed = Math.max(...sizes) >= MIXED_FROM * Math.min(...sizes) || texts.some(text => text.includes('e'));
  if (mixed) return value => format.digits(value);
  const decimals = Math.max(0, ...texts.map(text => text.split('.')[1]?.length ?? 0));
  return value => value.toFixed(decimals);
}

function textOf({ value, text }: MarkedCell, write: (value: number) => string): string {
  if (text !== undefined) return text;
  if (value === null) return '\u2013';
  return typeof value === 'number' ? write(value) : value;
}

/** How the cells of a column stand and how its numbers are written. */
interface Layout {
  readonly key: string;
  readonly right: boolean;
  readonly write: (value: number) => string;
}

function layoutOf({ key, align, format: write }: Column, rows: TableBlock['rows']): Layout {
  const numbers = rows.map(row => marked(row[key]).value).filter(value => typeof value === 'number');
  return { key, right: align ? align === 'right' : numbers.length > 0, write: write ?? writerOf(numbers) };
}

function cellOf(cell: MarkedCell, { right, write }: Layout): Html {
  const { value, recalled = false, tone } = cell;
  const sort = typeof value === 'number' ? html` data-sort="${value}"` : nothing;
  const dagger = recalled ? html`<sup class="dagger" title="recalled, not checked">\u2020</sup>` : nothing;
  const classes = classOf(right && 'right', recalled && 'recalled', tone);
  return html`<td${classes}${sort}>${textOf(cell, write)}${dagger}</td>`;
}

/** What the dagger on a value means. */
export const RECALLED_NOTE =
  'Recalled, not checked against the source: shown for orientation, and no conclusion rests on it.';

/** A table that reads without scripts; the page's script makes its columns sortable. */
export function tableBlock({ caption, columns, rows }: TableBlock): Html {
  const layouts = columns.map(column => layoutOf(column, rows));
  const head = columns.map(
    ({ title, unit }, i) =>
      html`<th scope="col"${classOf(layouts[i].right && 'right')}>${title}${unit ? html`<span class="unit">${unit}</span>` : nothing}</th>`,
  );
  const body = rows.map(row => html`<tr>${layouts.map(layout => cellOf(marked(row[layout.key]), layout))}</tr>\n`);
  const recalled = rows.some(row => columns.some(({ key }) => marked(row[key]).recalled));
  return html`<figure class="table">
${caption ? html`<figcaption>${inline(caption)}</figcaption>` : nothing}
<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table></div>
${recalled ? html`<p class="footnote"><sup>\u2020</sup> ${RECALLED_NOTE}</p>` : nothing}
</figure>`;
}

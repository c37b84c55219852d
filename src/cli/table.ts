import { format } from '../base/index.js';

export interface TableColumn {
  readonly title: string;
  /** Text to the left, numbers to the right (the default). */
  readonly align?: 'left' | 'right';
}

const GAP = '  ';
/** Rows that a person reads; scripts take --json. */
const MOST_ROWS = 200;

/** A plain table for people: no frame, a rule under the head, numbers set right; cells may have several lines. */
export function formatTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const shown = rows.slice(0, MOST_ROWS).map(row => row.map(linesOf));
  const head = columns.map(({ title }) => linesOf(title));
  const widths = columns.map((_, i) => [head, ...shown].reduce((most, row) => Math.max(most, widthOf(row[i])), 0));
  const rule = widths.map(width => '-'.repeat(width));
  const lines = [head, rule.map(text => [text]), ...shown].flatMap(row => rowLines(row, columns, widths));
  const left = rows.length - shown.length;
  return [...lines, ...(left > 0 ? [`... ${left} more rows; --json has them all`] : [])].join('\n');
}

function rowLines(cells: readonly (readonly string[])[], columns: readonly TableColumn[], widths: readonly number[]) {
  const height = cells.reduce((most, lines) => Math.max(most, lines.length), 0);
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((lines, i) => pad(lines[line] ?? '', widths[i], columns[i].align))
      .join(GAP)
      .trimEnd(),
  );
}

function pad(text: string, width: number, align: TableColumn['align']): string {
  const blanks = ' '.repeat(width - lengthOf(text));
  return align === 'left' ? text + blanks : blanks + text;
}

/** Names come from data: what would move a terminal's cursor is left out. */
const linesOf = (text: string) => text.split('\n').map(format.plain);
const lengthOf = (line: string) => [...line].length;
const widthOf = (lines: readonly string[]) => lines.reduce((most, line) => Math.max(most, lengthOf(line)), 0);

export const print = (text: string) => void process.stdout.write(`${text}\n`);
export const printJson = (value: unknown) => print(JSON.stringify(value, null, 2));
/** Progress and remarks: never on stdout, where results go. */
export const say = (text: string) => void process.stderr.write(`${text}\n`);

import Table from 'cli-table3';

export interface TableColumn {
  readonly title: string;
  /** Text to the left, numbers to the right (the default). */
  readonly align?: 'left' | 'right';
}

const RULES = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' };
const LINES = { 'bottom-left': '', 'bottom-right': '', left: '', right: '', middle: '  ' };
const HEAD_RULE = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };

/** A plain table for people: no frame, a rule under the head, numbers set right. */
export function formatTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    colAligns: columns.map(column => column.align ?? 'right'),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    chars: { ...RULES, ...LINES, ...HEAD_RULE },
  });
  table.push(columns.map(column => column.title));
  const widths = columns.map((column, i) => Math.max(...[column.title, ...rows.map(row => row[i])].map(textWidth)));
  table.push(widths.map(width => '-'.repeat(width)));
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n');
}

const textWidth = (text: string) => Math.max(...text.split('\n').map(line => [...line].length));

export const print = (text: string) => void process.stdout.write(`${text}\n`);
export const printJson = (value: unknown) => print(JSON.stringify(value, null, 2));
/** Progress and remarks: never on stdout, where results go. */
export const say = (text: string) => void process.stderr.write(`${text}\n`);

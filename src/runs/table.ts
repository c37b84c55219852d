import { at, type Columns, fail, mustBe, unknownName } from '../base/index.js';

/** A column of numbers (missing and NaN are one thing: NaN) or of text (missing is null). */
export type Column = Float64Array | readonly (string | null)[];

/** Rows of one file, column by column, and where they came from. */
export interface Table {
  /** The file as the caller named it, and the SHA-256 of its bytes in hex. */
  readonly source: { readonly file: string; readonly sha256: string };
  readonly rows: number;
  /** For each row its place in the file: data rows count from 1; in JSON Lines it is the line number. */
  readonly rowNumbers: Int32Array;
  readonly columns: Readonly<Record<string, Column>>;
}

/** Cells that mean 'missing' in a column whose other cells are numbers. In a column of text they are text. */
export const MISSING = ['', 'NA', 'N/A', 'null', 'NULL', 'None'];

export const isNumeric = (column: Column): column is Float64Array => column instanceof Float64Array;

/** The column of that name; an unknown name is refused with the nearest known one. */
export function findColumn(table: Table, name: string): Column {
  if (!Object.hasOwn(table.columns, name))
    fail(unknownName(`column of ${table.source.file}`, name, Object.keys(table.columns)));
  return table.columns[name];
}

/**
 * The named columns as numbers, ready for laws and fits: every value is finite.
 *
 * The first cell that is text, empty, NaN or infinite is refused by file, row, column and value.
 */
export function numericColumns(table: Table, names: readonly string[]): Columns {
  return Object.fromEntries(names.map(name => [name, finiteNumbers(table, name)]));
}

function finiteNumbers(table: Table, name: string): Float64Array {
  const column = findColumn(table, name);
  const cell = (index: number) => at(table.source.file, table.rowNumbers[index], name);
  if (!isNumeric(column)) return fail(textSentence(column, cell));
  const bad = column.findIndex(value => !Number.isFinite(value));
  if (bad >= 0) fail(mustBe(cell(bad), 'a finite number', Number.isNaN(column[bad]) ? EMPTY : column[bad]));
  return column;
}

/** What an empty cell looks like in a message; an object, so that it is not shown between quotes. */
const EMPTY = { toString: () => 'an empty cell or NaN' };

/** The sentence about the first cell of a text column that is no number; `cell` names it. */
export function textSentence(column: readonly (string | null)[], cell: (index: number) => string): string {
  const bad = column.findIndex(value => value !== null && !NUMBER.test(value) && !MISSING.includes(value));
  const index = Math.max(0, bad);
  return mustBe(cell(index), 'a number', column[index] ?? EMPTY);
}

const NUMBER = /^\s*[+-]?((\d+(_\d+)*\.?\d*|\.\d+)(e[+-]?\d+)?|inf(inity)?|nan)\s*$/i;

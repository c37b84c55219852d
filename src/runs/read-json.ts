import { fail, mustBe, shown } from '../base/index.js';
import type { RawTable } from './read-duckdb.js';
import type { Column } from './table.js';

// JSON is read without DuckDB: its reader guesses types from a sample and folds the case of keys.

type Cell = number | string | null;
type Row = Map<string, Cell>;

/** The lines of a JSON Lines file that are not blank, with their numbers from 1; `ended` says whether a newline closes each. */
export function* lines(bytes: Buffer): Generator<{ number: number; text: string; ended: boolean }> {
  for (let start = 0, number = 1; start < bytes.length; number++) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline;
    const text = bytes
      .toString('utf8', start, end)
      .replace(/^\ufeff/, '')
      .trim();
    if (text) yield { number, text, ended: newline >= 0 };
    start = end + 1;
  }
}

/**
 * Reads JSON Lines: one object a line. Keys of objects inside become `outer.inner`, lists become JSON text,
 * true and false become text. A column is numeric when its values are numbers or missing; "NaN" and "Infinity",
 * which trackers write as text, are numbers there. Integers past 2^53 become the nearest double.
 */
export function readJsonLines(file: string, bytes: Buffer): RawTable {
  const numbers: number[] = [];
  const rows: Row[] = [];
  for (const { number, text, ended } of lines(bytes)) {
    numbers.push(number);
    const torn = ended ? '' : ' (the last line has no newline: was its writer cut off?)';
    rows.push(flatRow(parseJson(text, `${file}, row ${number}`, torn), `${file}, row ${number}`));
  }
  return toRaw(numbers, rows);
}

/** Reads a JSON file that holds one array of objects; the rest is as in JSON Lines. */
export function readJson(file: string, bytes: Buffer): RawTable {
  const hint = ' (one object a line? then name it .jsonl)';
  const document = parseJson(bytes.toString('utf8').replace(/^\ufeff/, ''), file, hint);
  if (!Array.isArray(document)) return fail(`${mustBe(file, 'an array of objects', kindOf(document))}${hint}`);
  const rows = document.map((item, index) => flatRow(item, `${file}, row ${index + 1}`));
  return toRaw(
    rows.map((_, index) => index + 1),
    rows,
  );
}

/** What Python writes for missing and infinite numbers, where a value may stand. */
const BARE_NUMBER = /(?<=[:[,]\s*)(NaN|-?Infinity)(?=\s*[,}\]])/g;

/**
 * Parses text as JSON or refuses it in one line that begins with `where`. Bare NaN and Infinity, which Python's json
 * writes, are read as those texts.
 */
export function parseJson(text: string, where: string, hint = ''): unknown {
  for (const candidate of [text, text.replace(BARE_NUMBER, '"$1"')])
    try {
      return JSON.parse(candidate);
    } catch {
      // the other reading, or the refusal below
    }
  return fail(`${where} must be JSON, got ${shown(text)}${hint}`);
}

function flatRow(item: unknown, where: string): Row {
  if (!isObject(item)) return fail(mustBe(where, 'an object', kindOf(item)));
  const row: Row = new Map();
  flatten(item, '', row, where);
  return row;
}

function flatten(item: Record<string, unknown>, prefix: string, row: Row, where: string): void {
  for (const [key, value] of Object.entries(item)) {
    const name = prefix + key;
    if (isObject(value)) flatten(value, `${name}.`, row, where);
    else if (row.has(name)) fail(`${where} must name each value once, got ${shown(name)} twice`);
    else row.set(name, typeof value === 'object' && value !== null ? JSON.stringify(value) : toCell(value));
  }
}

const toCell = (value: unknown): Cell =>
  value === null || typeof value === 'number' || typeof value === 'string' ? value : String(value);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const kindOf = (value: unknown) =>
  Array.isArray(value) ? { toString: () => 'a list' } : isObject(value) ? { toString: () => 'an object' } : value;

function toRaw(numbers: readonly number[], rows: readonly Row[]): RawTable {
  const names = new Set<string>();
  for (const row of rows) for (const name of row.keys()) names.add(name);
  return {
    rowNumbers: Int32Array.from(numbers),
    columns: [...names].map(name => [name, toColumn(rows.map(row => row.get(name) ?? null))]),
  };
}

const NOT_FINITE = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

function toColumn(cells: readonly Cell[]): Column {
  const numeric =
    cells.some(cell => typeof cell === 'number') &&
    cells.every(cell => typeof cell !== 'string' || NOT_FINITE.has(cell));
  return numeric
    ? Float64Array.from(cells, cell => (typeof cell === 'number' ? cell : (NOT_FINITE.get(cell ?? '') ?? Number.NaN)))
    : cells.map(cell => (cell === null ? null : String(cell)));
}

import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fail, shown, unknownName } from '../base/index.js';
import { evaluate } from './evaluate.js';
import { type Input, type RawTable, readCsv, readParquet } from './read-duckdb.js';
import { parseJson, readJson, readJsonLines } from './read-json.js';
import type { Column, Table } from './table.js';

export interface LoadOptions {
  /** New names for columns of the file: `{ N: 'params' }` adds N. The file's own names stay, unless taken. */
  readonly map?: Readonly<Record<string, string>>;
  /** New columns as expressions: `{ D: 'C / (6 * N)' }`, in order; each may use mapped and earlier derived names. */
  readonly derive?: Readonly<Record<string, string>>;
  /** A condition; rows of which it is not true are left out: `tokens <= 1e11`. */
  readonly where?: string;
}

/**
 * Reads a table from a CSV, JSON Lines (.jsonl, .ndjson), JSON (.json) or Parquet file; the name says which.
 *
 * Expressions are SQL as DuckDB spells it, but only arithmetic over the table's cells. `/` is real division, `^` is
 * power, every number is a double; names are told apart by case, and those with blanks, or that are words of SQL,
 * stand in double quotes. A missing cell makes what is computed from it missing, and so does a logarithm or
 * root that does not exist; a condition over a missing cell is not true.
 */
export async function loadTable(file: string, options: LoadOptions = {}): Promise<Table> {
  const table = await readTable({ file, name: file, bytes: await readBytes(file) });
  return applyOptions(table, options);
}

/** The whole file as a table: names are distinct, and there is a row. */
export async function readTable(input: Input): Promise<Table> {
  return checkTable(input, await readRows(input));
}

/** New names, then new columns, then fewer rows. */
export async function applyOptions(table: Table, { map = {}, derive = {}, where }: LoadOptions): Promise<Table> {
  const mapped = mapColumns(table, map);
  const plain = where === undefined && Object.keys(derive).length === 0;
  return plain ? mapped : evaluate(mapped, { derive, where });
}

/** The value in a JSON file. */
export async function loadJson(file: string): Promise<unknown> {
  return parseJson((await readBytes(file)).toString('utf8').replace(/^\ufeff/, ''), file);
}

/** The bytes of a file, or one line that says why not. */
export async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return fail(`${file} must be a file, got nothing of that name`);
    if (code === 'EISDIR') return fail(`${file} must be a file, got a folder`);
    return fail(`${file} must be readable, got ${message}`);
  }
}

const READERS: Readonly<Record<string, (input: Input) => RawTable | Promise<RawTable>>> = {
  '.csv': readCsv,
  '.json': ({ name, bytes }) => readJson(name, bytes),
  '.jsonl': ({ name, bytes }) => readJsonLines(name, bytes),
  '.ndjson': ({ name, bytes }) => readJsonLines(name, bytes),
  '.parquet': readParquet,
};

function readRows(input: Input): RawTable | Promise<RawTable> {
  const { name, bytes } = input;
  const extension = extname(input.file).toLowerCase();
  if (!Object.hasOwn(READERS, extension))
    fail(`${name} must end in ${Object.keys(READERS).join(', ')}, got ${shown(extension || 'no ending')}`);
  if (bytes.every(byte => BLANK.has(byte))) fail(`${name} must hold rows, got an empty file`);
  if (extension !== '.parquet') checkUtf8(name, bytes);
  return READERS[extension](input);
}

/** Blanks, line ends, and the bytes of a byte order mark. */
const BLANK = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);

function checkUtf8(name: string, bytes: Buffer): void {
  if (isUtf8(bytes)) return;
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline;
    if (!isUtf8(bytes.subarray(start, end)))
      fail(`${name}, line ${line} must be UTF-8 text, got ${shown(bytes.toString('latin1', start, end))}`);
    start = end + 1;
  }
}

function checkTable({ name, bytes }: Input, { rowNumbers, columns }: RawTable): Table {
  const names = columns.map(([column]) => column);
  const twice = names.find((column, index) => names.indexOf(column) !== index);
  if (twice !== undefined) fail(`${name} must have distinct column names, got ${shown(twice)} twice`);
  if (names.length === 1 && /[;\t|]/.test(names[0]) && /\.csv$/i.test(name))
    fail(`${name} must be separated by commas, got the one column ${shown(names[0])}`);
  if (rowNumbers.length === 0) fail(`${name} must hold rows, got none`);
  return {
    source: { file: name, sha256: createHash('sha256').update(bytes).digest('hex') },
    rows: rowNumbers.length,
    rowNumbers,
    columns: Object.fromEntries(columns),
  };
}

/** All sources are columns of the file, so that names may be exchanged. */
function mapColumns(table: Table, map: Readonly<Record<string, string>>): Table {
  const mapped = Object.entries(map).map(([name, source]): [string, Column] => {
    if (!Object.hasOwn(table.columns, source))
      fail(`map ${name}: ${unknownName(`column of ${table.source.file}`, source, Object.keys(table.columns))}`);
    return [name, table.columns[source]];
  });
  return { ...table, columns: { ...table.columns, ...Object.fromEntries(mapped) } };
}

import { resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { fail, shown } from '../base/index.js';
import { firstLine, quote, quotePath, withDatabase } from './duckdb.js';
import { type Column, MISSING } from './table.js';

/** A file to read: its path, what messages call it, and its bytes. */
export interface Input {
  readonly file: string;
  readonly name: string;
  readonly bytes: Buffer;
}

/** Columns as a file holds them, before any name is added. */
export interface RawTable {
  readonly rowNumbers: Int32Array;
  /** In the order of the file. */
  readonly columns: readonly (readonly [name: string, Column])[];
}

/**
 * Reads a CSV file: one header row, comma between cells, double quotes as in RFC 4180.
 *
 * A column is numeric when every cell is a number or missing: `1e18`, `1_000`, `inf` and blanks around are
 * numbers, and integers past 2^53 become the nearest double. Every other column is text.
 */
export function readCsv({ file, name, bytes }: Input): Promise<RawTable> {
  const { names, blankLines } = readHeader(name, bytes);
  const cells = names.map((_, index) => `c${index}`);
  const schema = `{${cells.map(cell => `${cell}: 'VARCHAR'`).join(', ')}}`;
  return withDatabase({ files: true }, async connection => {
    try {
      await connection.run(
        `CREATE TABLE cells AS SELECT * FROM read_csv(${quotePath(resolve(file))}, columns = ${schema},
         auto_detect = false, skip = ${blankLines}, header = true, delim = ',', quote = '"', escape = '"', comment = '')`,
      );
    } catch (error) {
      return fail(csvSentence(name, error, blankLines));
    }
    const numeric = await findNumeric(connection, cells);
    const values = await fetchColumns(
      connection,
      cells.map((cell, index) => (numeric[index] ? `try_cast(${cell} AS DOUBLE)` : cell)),
      'cells',
    );
    return numbered(names, values);
  });
}

/** Which columns hold numbers only, and at least one. */
async function findNumeric(connection: DuckDBConnection, cells: readonly string[]): Promise<boolean[]> {
  const tests = cells.map(
    cell => `bool_and(${cell} IS NULL OR ${cell} IN (${MISSING.map(quote)}) OR try_cast(${cell} AS DOUBLE) IS NOT NULL)
             AND count(try_cast(${cell} AS DOUBLE)) > 0`,
  );
  const answer = await connection.runAndReadAll(`SELECT ${tests.join(', ')} FROM cells`);
  return answer.getRowsJS()[0].map(value => value === true);
}

/** The names of the first record. Blanks around a name do not belong to it, and a nameless column is numbered. */
function readHeader(file: string, bytes: Buffer): { names: string[]; blankLines: number } {
  const start = bytes.subarray(0, 1 << 20).toString('utf8');
  const before = /^\ufeff?[\r\n]*/.exec(start)?.[0] ?? '';
  const cell = /[ \t]*(?:"((?:[^"]|"")*)"|([^",\r\n]*))[ \t]*(,|\r|\n|$)/y;
  cell.lastIndex = before.length;
  const names: string[] = [];
  for (let end = ','; end === ','; ) {
    const match =
      cell.exec(start) ??
      fail(
        `${file}, header must be names between commas, with quotes closed, got ${shown(start.slice(before.length))}`,
      );
    const name = (match[1]?.replaceAll('""', '"') ?? match[2]).trim();
    names.push(name || `column_${names.length + 1}`);
    end = match[3];
  }
  return { names, blankLines: before.match(/\r\n|\r|\n/g)?.length ?? 0 };
}

/** DuckDB counts records, the header first; people count data rows. */
function csvSentence(file: string, error: unknown, blankLines: number): string {
  const text = String(error);
  const record = Number(/CSV Error on Line: (\d+)/.exec(text)?.[1]) - blankLines;
  const row = `${file}, row ${record - 1}`;
  const width = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(text);
  if (record && width) return `${row} must have ${width[1]} cells as the header has, got ${width[2]}`;
  if (record && text.includes('unterminated quote')) return `${row} must close its quotes, got ${originalLine(text)}`;
  if (text.includes('state machine')) return `${file} must be CSV with one kind of line ending, got a mixture`;
  return `${file} must be a CSV file, got: ${firstLine(error)}`;
}

const originalLine = (text: string) => shown(/Original Line: ([^\n]*)/.exec(text)?.[1] ?? '');

const NUMBERS = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$/;

/** Reads a Parquet file: numbers of any width as doubles, everything else as text. */
export function readParquet({ file, name: called }: Input): Promise<RawTable> {
  const path = quotePath(resolve(file));
  return withDatabase({ files: true }, async connection => {
    try {
      const from = `read_parquet(${path}, hive_partitioning = false)`;
      const described = (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)).getRowsJS();
      const cells = described.map(([name, type]) => {
        const cell = `"${String(name).replaceAll('"', '""')}"`;
        return NUMBERS.test(String(type)) ? `CAST(${cell} AS DOUBLE)` : `CAST(${cell} AS VARCHAR)`;
      });
      return numbered(await parquetNames(connection, path), await fetchColumns(connection, cells, from));
    } catch (error) {
      return fail(`${called} must be a Parquet file, got: ${firstLine(error)}`);
    }
  });
}

/** Names of the columns as the file spells them: DuckDB renames those that differ by case only. */
async function parquetNames(connection: DuckDBConnection, path: string): Promise<string[]> {
  const schema = await connection.runAndReadAll(`SELECT name, num_children FROM parquet_schema(${path})`);
  const names: string[] = [];
  let within = 0; // parts of a nested column still to come
  for (const [name, children] of schema.getRowsJS().slice(1)) {
    if (within === 0) names.push(String(name));
    else within--;
    within += Number(children ?? 0);
  }
  return names;
}

async function fetchColumns(connection: DuckDBConnection, cells: readonly string[], from: string): Promise<Column[]> {
  const reader = await connection.runAndReadAll(`SELECT ${cells.join(', ')} FROM ${from}`);
  const types = reader.columnTypes();
  return reader.getColumnsJS().map((values, index) => toColumn(values, String(types[index]) === 'DOUBLE'));
}

/** What DuckDB hands back as a column of ours: NULL is NaN among numbers. */
export const toColumn = (values: readonly unknown[], numeric: boolean): Column =>
  numeric
    ? Float64Array.from(values, value => (value === null ? Number.NaN : Number(value)))
    : values.map(value => (value === null ? null : String(value)));

const numbered = (names: readonly string[], values: readonly Column[]): RawTable => ({
  rowNumbers: Int32Array.from({ length: values[0]?.length ?? 0 }, (_, index) => index + 1),
  columns: names.map((name, index) => [name, values[index]]),
});

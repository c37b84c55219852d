import type { DuckDBConnection } from '@duckdb/node-api';
import { at, fail, shown } from '../base/index.js';
import { withDatabase } from './duckdb.js';
import { parseExpression } from './expression.js';
import { toColumn } from './read-duckdb.js';
import { type Column, findColumn, isNumeric, type Table, textSentence } from './table.js';
import { type Kind, type Scope, type Sql, writeSql } from './write-sql.js';

/** What a user writes over the columns of a table; `loadTable` says what it may hold. */
export interface Expressions {
  readonly derive: Readonly<Record<string, string>>;
  readonly where: string | undefined;
}

type Derived = Sql & { readonly name: string; readonly numeric: boolean };

/** Adds the derived columns, in order, and keeps the rows of which `where` is true. */
export function evaluate(table: Table, { derive, where }: Expressions): Promise<Table> {
  return withDatabase({ files: false }, async connection => {
    const sent: string[] = [];
    const derived: Derived[] = [];
    const write = async (text: string, subject: string) =>
      writeSql(await parseExpression(connection, text, subject), createScope(table, sent, derived, subject));

    for (const [name, text] of Object.entries(derive))
      derived.push(asColumn(name, await write(text, `derive ${name}`)));
    const filter = where === undefined ? 'true' : asFilter(await write(where, 'where'), where);

    await sendColumns(connection, table, sent);
    const reader = await connection.runAndReadAll(query(derived, filter));
    const [kept, ...values] = reader.getColumnsJS();
    const indices = Int32Array.from(kept ?? [], Number);
    if (indices.length === 0)
      fail(`where must leave a row of ${table.source.file}, got none of ${table.rows} for ${shown(where)}`);
    const added = derived.map(({ name, numeric }, index) => [name, toColumn(values[index], numeric)] as const);
    const picked = pickTableRows(table, indices);
    return { ...picked, columns: { ...picked.columns, ...Object.fromEntries(added) } };
  });
}

/** Names as one expression sees them: derived columns first, then the table's; those it uses are noted in `sent`. */
function createScope(table: Table, sent: string[], derived: readonly Derived[], subject: string): Scope {
  const column = (name: string): Sql => {
    const index = derived.findLastIndex(earlier => earlier.name === name);
    if (index >= 0) return { sql: `d${index}`, kind: derived[index].numeric ? 'number' : 'text' };
    const kind: Kind = isNumeric(findColumn(table, name)) ? 'number' : 'text';
    if (!sent.includes(name)) sent.push(name);
    return { sql: `c${sent.indexOf(name)}`, kind };
  };
  return {
    subject,
    column,
    textSentence: name => {
      const values = table.columns[name];
      return values === undefined || isNumeric(values)
        ? `${subject} must have a number in place of ${name}, got text`
        : textSentence(values, index => at(table.source.file, table.rowNumbers[index], name));
    },
  };
}

/** A condition becomes 1 or 0. */
const asColumn = (name: string, { sql, kind }: Sql): Derived =>
  kind === 'text' ? { name, sql, kind, numeric: false } : { name, sql: `CAST(${sql} AS DOUBLE)`, kind, numeric: true };

function asFilter({ sql, kind }: Sql, where: string): string {
  if (kind !== 'condition') fail(`where must be a condition such as loss < 3, got ${shown(where)}`);
  return sql;
}

/** Each derived column is a step of its own, so that later ones may use it. */
function query(derived: readonly Derived[], filter: string): string {
  const steps = derived.map(({ sql }, index) => `s${index + 1} AS (SELECT *, ${sql} AS d${index} FROM s${index})`);
  const results = ['i', ...derived.map((_, index) => `d${index}`)];
  return `WITH ${['s0 AS (FROM cells)', ...steps].join(', ')}
    SELECT ${results.join(', ')} FROM s${derived.length} WHERE ${filter} ORDER BY i`;
}

const CHUNK = 2048;

/** Fills the table `cells`: the index of each row, and the columns c0, c1, ... that the expressions use. */
async function sendColumns(connection: DuckDBConnection, table: Table, names: readonly string[]): Promise<void> {
  const { DOUBLE, DuckDBDataChunk, INTEGER, VARCHAR } = await import('@duckdb/node-api');
  const columns = names.map(name => table.columns[name]);
  const types = columns.map(column => (isNumeric(column) ? DOUBLE : VARCHAR));
  await connection.run(`CREATE TABLE cells (${['i INTEGER', ...types.map((type, k) => `c${k} ${type}`)].join(', ')})`);
  const appender = await connection.createAppender('cells');
  for (let start = 0; start < table.rows; start += CHUNK) {
    const end = Math.min(start + CHUNK, table.rows);
    const chunk = DuckDBDataChunk.create([INTEGER, ...types], end - start);
    const indices = Array.from({ length: end - start }, (_, k) => start + k);
    chunk.setColumns([indices, ...columns.map(column => slice(column, start, end))]);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** NaN goes out as NULL: to DuckDB it is greater than every number. */
const slice = (column: Column, start: number, end: number) =>
  isNumeric(column)
    ? Array.from(column.subarray(start, end), value => (Number.isNaN(value) ? null : value))
    : column.slice(start, end);

function pickTableRows(table: Table, indices: Int32Array): Table {
  const pick = (column: Column): Column =>
    isNumeric(column) ? Float64Array.from(indices, i => column[i]) : Array.from(indices, i => column[i]);
  return {
    source: table.source,
    rows: indices.length,
    rowNumbers: Int32Array.from(indices, i => table.rowNumbers[i]),
    columns: Object.fromEntries(Object.entries(table.columns).map(([name, column]) => [name, pick(column)])),
  };
}

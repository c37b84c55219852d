import test from 'ava';
import { quotePath, withDatabase } from '../../src/runs/duckdb.js';
import { temporaryPath } from './temporary.js';

// The second wall: expressions never reach SQL as written, and the database they run in is shut.
for (const sql of [
  "SELECT * FROM read_csv('package.json')",
  "SELECT * FROM read_text('package.json')",
  "SELECT * FROM glob('*')",
  "COPY (SELECT 1) TO 'out.csv'",
  "ATTACH 'out.db'",
  'INSTALL httpfs',
  'SET enable_external_access = true',
  'SET lock_configuration = false',
])
  test(`withDatabase({ files: false }) refuses ${sql}`, async t => {
    const run = withDatabase({ files: false }, connection => connection.run(sql));
    await t.throwsAsync(run, { message: /disabled|locked|cannot/i });
  });

test('withDatabase({ files: true }) opens files, under names with quotes and stars too', async t => {
  const file = await temporaryPath("it's [a] *.csv");
  const count = await withDatabase({ files: true }, async connection => {
    await connection.run(`COPY (SELECT 1 AS x) TO '${file.replaceAll("'", "''")}'`);
    return (await connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM ${quotePath(file)}`)).getRowsJS()[0][0];
  });
  t.is(count, 1);
});

import { createHash } from 'node:crypto';
import { DuckDBInstance } from '@duckdb/node-api';
import test from 'ava';
import fc from 'fast-check';
import { loadTable, numericColumns } from '../../src/runs/index.js';
import { temporaryFile, temporaryPath } from './temporary.js';

const finite = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 40 });

for (const [extension, write] of [
  ['csv', (values: readonly number[]) => `x,y\n${values.map(value => `${value},t`).join('\n')}\n`],
  ['jsonl', (values: readonly number[]) => values.map(value => `${JSON.stringify({ x: value, y: 't' })}\n`).join('')],
  ['json', (values: readonly number[]) => JSON.stringify(values.map(value => ({ x: value, y: 't' })))],
] as const)
  test(`loadTable(${extension}) gives back every double that was written`, t =>
    t.notThrowsAsync(
      fc.assert(
        fc.asyncProperty(finite, async values => {
          const table = await loadTable(await temporaryFile(`x.${extension}`, write(values)));
          // JSON writes -0 as 0
          const expected =
            extension === 'csv' ? values.map(value => Number(String(value))) : values.map(value => value + 0);
          return Buffer.from(numericColumns(table, ['x']).x.buffer).equals(
            Buffer.from(Float64Array.from(expected, value => (Object.is(value, -0) ? 0 : value)).buffer),
          );
        }),
        { numRuns: 25 },
      ),
    ));

test('loadTable(csv) gives back any text that is no number', t =>
  t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { minLength: 1, maxLength: 20 }),
        async texts => {
          const rows = texts.map((text, row) => `"t${text.replaceAll('"', '""')}",${row}`);
          const table = await loadTable(await temporaryFile('x.csv', `text,row\n${rows.join('\n')}\n`));
          t.deepEqual(
            table.columns.text,
            texts.map(text => `t${text}`),
          );
        },
      ),
      { numRuns: 25 },
    ),
  ));

test('loadTable(parquet) gives back what DuckDB wrote, in order', async t => {
  const file = await temporaryPath('runs.parquet');
  const connection = await (await DuckDBInstance.create()).connect();
  await connection.run(`COPY (
    SELECT range AS step, range * 0.5 AS loss, (range + 9007199254740993)::BIGINT AS tokens, (range / 4)::DECIMAL(9, 2) AS price,
      CASE WHEN range % 2 = 0 THEN range END AS gap, 'run ' || range AS "the name", range = 1 AS ok, {'a': range} AS inner
    FROM range(5000)) TO '${file}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`);
  const { columns, rowNumbers, source } = await loadTable(file);
  const steps = Array.from({ length: 5000 }, (_, step) => step);
  t.deepEqual(columns.step, Float64Array.from(steps));
  t.deepEqual(
    columns.loss,
    Float64Array.from(steps, step => step / 2),
  );
  t.deepEqual(
    columns.tokens,
    Float64Array.from(steps, step => Number(BigInt(step) + 9007199254740993n)),
  );
  t.deepEqual(
    columns.gap,
    Float64Array.from(steps, step => (step % 2 === 0 ? step : Number.NaN)),
  );
  t.deepEqual(
    columns['the name'],
    steps.map(step => `run ${step}`),
  );
  t.deepEqual([columns.price[3], columns.ok[1], columns.inner[7]], [0.75, 'true', "{'a': 7}"]);
  t.is(rowNumbers[4999], 5000);
  const { readFile } = await import('node:fs/promises');
  t.is(
    source.sha256,
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex'),
  );
});

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import test from 'ava';
import { InputError } from '../../src/base/index.js';
import {
  type DataField,
  datasetPath,
  isNumeric,
  listDatasets,
  loadDataset,
  loadPackage,
  numericColumns,
  type TableColumn,
} from '../../src/runs/index.js';

const present = (column: TableColumn) => [...column].filter(value => value !== null && !Number.isNaN(value));

/** What a column breaks of what its field promises, as sentences. */
function breaches({ name, type, constraints = {} }: DataField, column: TableColumn, rows: number): string[] {
  const values = present(column);
  const { required, unique, minimum, maximum, enum: allowed } = constraints;
  const kind =
    type === 'boolean'
      ? values.every(value => value === 'True' || value === 'False')
      : type === 'string'
        ? values.every(value => typeof value === 'string')
        : values.every(value => typeof value === 'number' && (type === 'number' || Number.isInteger(value)));
  const rules = {
    [`is ${type}`]: kind,
    required: !required || values.length === rows,
    unique: !unique || new Set(values).size === values.length,
    minimum: minimum === undefined || values.every(value => (value as number) >= minimum),
    maximum: maximum === undefined || values.every(value => (value as number) <= maximum),
    enum: allowed === undefined || values.every(value => (allowed as readonly unknown[]).includes(value)),
  };
  return Object.entries(rules).flatMap(([rule, holds]) => (holds ? [] : [`${name} ${rule}`]));
}

// ava wants every test declared before anything else is waited for
const descriptions = await Promise.all((await listDatasets()).map(loadPackage));

for (const description of descriptions) {
  const { name } = description;

  test(`datasets/${name} holds the files it describes, byte for byte, and no other`, async t => {
    for (const { path, bytes, hash } of description.resources) {
      const content = await readFile(datasetPath(name, path));
      t.is(content.length, bytes, path);
      t.is(`sha256:${createHash('sha256').update(content).digest('hex')}`, hash, path);
    }
    const files = await readdir(dirname(datasetPath(name, 'datapackage.json')));
    t.deepEqual(files.sort(), ['datapackage.json', ...description.resources.map(({ path }) => path)].sort());
  });

  for (const { name: resource, schema, rowCount } of description.resources.filter(({ schema }) => schema))
    test(`datasets/${name}, ${resource} keeps its schema`, async t => {
      const table = await loadDataset(name, { resource });
      const fields = schema?.fields ?? [];
      t.is(table.rows, rowCount as number);
      t.deepEqual(
        Object.keys(table.columns),
        fields.map(field => field.name),
      );
      t.deepEqual(
        fields.flatMap(field => breaches(field, table.columns[field.name], table.rows)),
        [],
      );
      const key = schema?.primaryKey ?? [];
      const keys = Array.from({ length: table.rows }, (_, row) => key.map(part => table.columns[part][row]).join());
      if (key.length > 0) t.is(new Set(keys).size, table.rows, `primary key ${key}`);
      const { columns = {} } = description.status;
      const known = description.resources.flatMap(other => other.schema?.fields.map(field => field.name) ?? []);
      t.deepEqual(
        Object.keys(columns).filter(column => !known.includes(column)),
        [],
        'status names columns that are there',
      );
    });
}

test('datasets/README.md lists every dataset with its rows', async t => {
  const index = await readFile(datasetPath('..', 'datasets/README.md'), 'utf8');
  for (const { name, resources } of descriptions) {
    const rows = resources.map(({ rowCount }) => rowCount).filter(count => count !== undefined);
    t.true(index.includes(`| [${name}](${name}/datapackage.json) |`), name);
    t.true(index.includes(` ${rows.length > 0 ? rows.join(', ') : `${resources.length} files`} |`), `${name}: ${rows}`);
  }
});

// Besiroglu et al. 2024: 245 points were extracted, and 240 are left without the five of highest loss.
test('loadDataset(hoffmann-2022-fig4) has 240 of 245 points without the five of highest loss', async t => {
  const table = await loadDataset('hoffmann-2022-fig4', {
    derive: { D: 'training_flops / (6 * params)' },
    where: 'loss < 3.44',
  });
  t.is(table.rows, 240);
  const { D, params, training_flops: flops } = numericColumns(table, ['D', 'params', 'training_flops']);
  t.deepEqual(
    [...D],
    [...flops].map((value, row) => value / (6 * params[row])),
  );
  t.is(table.rowNumbers[0], 6);
});

// McLeish et al. 2025: ten checkpoints of 22 shapes up to 100 billion tokens, 24 from 120 billion on.
test('loadDataset(gemstones-2025) has 220 checkpoints up to 100 billion tokens and 528 from 120 billion', async t => {
  const rows = async (where: string) => (await loadDataset('gemstones-2025', { where })).rows;
  t.is(await rows('tokens <= 1.001e11'), 220);
  t.is(await rows('step <= 10 * 2385'), 220);
  t.is(await rows('tokens >= 1.2e11'), 528);
});

// Li et al. 2025 count 81 cells of size and tokens; the Llama 3 figure has 133 points.
test('loadDataset finds 81 cells in misfitting-2025 and 133 Llama 3 points in isoflops', async t => {
  const { N, D } = numericColumns(await loadDataset('misfitting-2025'), ['N', 'D']);
  t.is(new Set([...N].map((n, row) => `${n} ${D[row]}`)).size, 81);
  t.is((await loadDataset('isoflops', { where: "experiment = 'llama_3__raw_loss'" })).rows, 133);
});

test('loadDataset(name) takes the first table, and another by its name', async t => {
  t.is((await loadDataset('tay-2022')).rows, 14);
  const claims = await loadDataset('tay-2022', { resource: 'claims' });
  t.is(claims.source.file, 'datasets/tay-2022/claims.csv');
  t.false(isNumeric(claims.columns.value));
});

const refused = test.macro({
  async exec(t, load: () => Promise<unknown>, message: RegExp) {
    const error = await t.throwsAsync(load, { instanceOf: InputError });
    t.regex(error?.message ?? '', message);
    t.false(error?.message.includes('\n'));
  },
  title: (title = '') => title,
});

for (const name of ['../src', '..', '', 'README.md', 'tay-2022/../tay-2022', '/etc', 'constructor'])
  test(`loadDataset(${JSON.stringify(name)}) is refused`, refused, () => loadDataset(name), /^unknown dataset /);
test(
  'loadDataset names the nearest dataset',
  refused,
  () => loadDataset('hofmann-2022-fig4'),
  /did you mean hoffmann-2022-fig4\?/,
);
test(
  'loadDataset names the nearest table',
  refused,
  () => loadDataset('tay-2022', { resource: 'table5' }),
  /did you mean table4\?/,
);
test(
  'loadDataset(nist-strd) is refused: its files are no tables',
  refused,
  () => loadDataset('nist-strd'),
  /^nist-strd must hold a table /,
);

import { execFile } from 'node:child_process';
import { appendFile, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import test from 'ava';
import { InputError } from '../../src/base/index.js';
import {
  appendRecord,
  checkComparable,
  loadRecords,
  loadTable,
  type RunRecord,
  runRecordSchema,
} from '../../src/runs/index.js';
import { temporaryFile, temporaryPath } from './temporary.js';

const record: RunRecord = {
  name: 'small',
  kind: 'pretrain',
  shape: {
    num_layers: 3,
    num_decoder_layers: 5,
    d_model: 13,
    d_ff: 29,
    d_kv: 7,
    num_heads: 2,
    vocab_size: 31,
    feed_forward_proj: 'relu',
    tie_word_embeddings: true,
  },
  params: 1234,
  tokens: 1e9,
  loss: 2.5,
  scores: { glue: 80.5 },
  seed: 0,
  eval_fingerprint: 'a1',
  toolkit: '0.1.0',
  learning_rate: 0.003,
};

test('appendRecord then loadRecords gives back the records, further fields too', async t => {
  const file = await temporaryPath('runs.jsonl');
  await appendRecord(file, record);
  await appendRecord(file, { ...record, name: 'two\nlines' });
  t.deepEqual(await loadRecords(file), {
    records: [record, { ...record, name: 'two\nlines' }],
    rowNumbers: [1, 2],
    warnings: [],
  });
  t.is((await readFile(file, 'utf8')).split('\n').length, 3);
});

test('loadTable reads what appendRecord wrote', async t => {
  const file = await temporaryPath('runs.jsonl');
  await appendRecord(file, record);
  const { columns } = await loadTable(file, {
    map: { N: 'params', depth: 'shape.num_layers' },
    derive: { D: 'tokens' },
  });
  t.deepEqual([columns.N[0], columns.depth[0], columns.D[0], columns['scores.glue'][0]], [1234, 3, 1e9, 80.5]);
});

test('loadRecords reports lines that were cut off and loses no other', async t => {
  const file = await temporaryPath('runs.jsonl');
  await appendRecord(file, record);
  await appendFile(file, '{"name":"torn","kind":"pretr');
  t.like(await loadRecords(file), { rowNumbers: [1] });
  await appendRecord(file, { ...record, name: 'next' });
  const { records, rowNumbers, warnings } = await loadRecords(file);
  t.deepEqual(
    records.map(({ name }) => name),
    ['small', 'next'],
  );
  t.deepEqual(rowNumbers, [1, 3]);
  t.is(warnings.length, 1);
  t.regex(warnings[0], /runs\.jsonl, row 2 was cut off while it was written and is left out: "\{\\"name\\":\\"torn/);
});

test('loadRecords takes a last line without a newline when it is whole', async t => {
  const file = await temporaryFile('runs.jsonl', JSON.stringify(record));
  t.deepEqual((await loadRecords(file)).records, [record]);
});

test('appendRecord from several processes tears no line', async t => {
  const file = await temporaryPath('runs.jsonl');
  const names = ['a', 'b', 'c', 'd'];
  const run = promisify(execFile);
  await Promise.all(
    names.map(name =>
      run(process.execPath, ['--import', './register.mjs', 'test/runs/append-many.ts', file, name, '150']),
    ),
  );
  const { records, warnings } = await loadRecords(file);
  t.deepEqual(warnings, []);
  for (const name of names)
    t.deepEqual(
      records.filter(other => other.name === name).map(({ seed, padding }) => [seed, (padding as string).length]),
      Array.from({ length: 150 }, (_, seed) => [seed, seed % 1500]),
    );
});

test('appendRecord of many at once in one process tears no line', async t => {
  const file = await temporaryPath('runs.jsonl');
  await Promise.all(
    Array.from({ length: 200 }, (_, seed) => appendRecord(file, { ...record, seed }, { fsync: false })),
  );
  const { records } = await loadRecords(file);
  t.deepEqual(
    records.map(({ seed }) => seed as number).sort((a, b) => a - b),
    Array.from({ length: 200 }, (_, seed) => seed),
  );
});

const wrong: Record<string, [Record<string, unknown>, RegExp]> = {
  'without a name': [{ name: undefined }, /: name must be string, got undefined$/],
  'of another kind': [{ kind: 'train' }, /: kind must be one of "pretrain"\|"finetune"\|"eval", got "train"$/],
  'with a loss that is NaN': [{ loss: Number.NaN }, /: loss must be number, got NaN$/],
  'with a negative loss': [{ loss: -1.5 }, /: loss must be number >=0, got -1\.5$/],
  'with infinite tokens': [{ tokens: Number.POSITIVE_INFINITY }, /: tokens must be number, got Infinity$/],
  'with a score that is text': [{ scores: { glue: '80' } }, /: scores\.glue must be number, got "80"$/],
  'with half a seed': [{ seed: 0.5 }, /: seed must be int, got 0\.5$/],
  'with a shape that is none': [
    { shape: { ...record.shape, num_layers: 0 } },
    /: num_layers must be in \[1, 4096\], got 0$/,
  ],
  'without a toolkit': [{ toolkit: '' }, /: toolkit must be string .*, got ""$/],
};
for (const [what, [change, message]] of Object.entries(wrong)) {
  test(`appendRecord refuses a record ${what} and writes nothing`, async t => {
    const file = await temporaryFile('runs.jsonl', '');
    const error = await t.throwsAsync(appendRecord(file, { ...record, ...change } as RunRecord), {
      instanceOf: InputError,
    });
    t.regex(error?.message ?? '', message);
    t.is(await readFile(file, 'utf8'), '');
  });
}

test('loadRecords refuses a wrong line by file and line', async t => {
  const line = (change: Record<string, unknown>) => `${JSON.stringify({ ...record, ...change })}\n`;
  const refused = async (content: string, message: RegExp) =>
    t.throwsAsync(loadRecords(await temporaryFile('runs.jsonl', content)), { instanceOf: InputError, message });
  await refused(`${line({})}${line({ loss: 'low' })}`, /runs\.jsonl, row 2: loss must be number, got "low"$/);
  await refused(`${line({})}not json\n`, /runs\.jsonl, row 2 must be JSON, got "not json"$/);
  await refused('[]\n', /runs\.jsonl, row 1: record must be object, got "\[\]"$/);
});

test('appendRecord refuses a folder that is not there', async t => {
  const file = `${await temporaryPath('gone')}/runs.jsonl`;
  await t.throwsAsync(appendRecord(file, record), {
    instanceOf: InputError,
    message: /runs\.jsonl must be writable, got ENOENT/,
  });
});

test('checkComparable(records) gives records of one fingerprint back and refuses others', t => {
  t.is(checkComparable([]).length, 0);
  t.is(checkComparable([record, { ...record, loss: 3 }]).length, 2);
  const other = { ...record, name: 'base', eval_fingerprint: 'b2' };
  t.throws(() => checkComparable([record, other]), {
    instanceOf: InputError,
    message: 'records must have one eval_fingerprint to be compared, got "a1" for small and "b2" for base',
  });
  t.throws(() => checkComparable([record, { ...record, eval_fingerprint: undefined }]), { instanceOf: InputError });
  t.throws(() => checkComparable([{ name: 'x' }, { name: 'y' }]), { instanceOf: InputError });
});

test('runRecordSchema() is the zod schema of a record', async t => {
  const schema = await runRecordSchema();
  t.deepEqual(schema.parse(record), record);
  t.false(schema.safeParse({ ...record, tokens: -1 }).success);
});

import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { isNumeric, loadTable, numericColumns } from '../../src/runs/index.js';
import { temporaryFile, temporaryPath } from './temporary.js';

const load = async (name: string, content: string | Uint8Array, options = {}) =>
  loadTable(await temporaryFile(name, content), options);
const cells = async (name: string, content: string | Uint8Array) => {
  const { columns } = await load(name, content);
  return Object.fromEntries(Object.entries(columns).map(([column, values]) => [column, [...values]]));
};

test('loadTable(csv) reads numbers and text, and numbers the rows from 1', async t => {
  const table = await load('runs.csv', 'name,params,loss\nsmall,6e7,2.1\nbase,220000000,1.8\n');
  t.is(table.rows, 2);
  t.deepEqual([...table.rowNumbers], [1, 2]);
  t.deepEqual(table.columns, {
    name: ['small', 'base'],
    params: Float64Array.of(6e7, 2.2e8),
    loss: Float64Array.of(2.1, 1.8),
  });
  t.regex(table.source.sha256, /^[0-9a-f]{64}$/);
});

const same: Record<string, [string | Uint8Array, Record<string, unknown[]>]> = {
  'a byte order mark': ['\ufeffa,b\n1,2\n', { a: [1], b: [2] }],
  'CRLF line ends': ['a,b\r\n1,2\r\n3,4\r\n', { a: [1, 3], b: [2, 4] }],
  'no newline at the end': ['a,b\n1,2', { a: [1], b: [2] }],
  'blank lines': ['\n\na,b\n\n1,2\n\n3,4\n\n', { a: [1, 3], b: [2, 4] }],
  'quotes, commas and newlines in cells': ['a,b\n"x, ""y""\nz",2\n', { a: ['x, "y"\nz'], b: [2] }],
  'exponents, signs, blanks and grouped digits': [
    'a,b\n1e18,1_000\n -2.5E-3 ,+.5\n',
    { a: [1e18, -2.5e-3], b: [1000, 0.5] },
  ],
  'integers past 2^53 as the nearest double': [
    'a\n9007199254740993\n148825352007865875456\n',
    { a: [2 ** 53, Number('148825352007865875456')] },
  ],
  'missing cells among numbers': ['a,b\n1,\n,x\nNA,NA\n', { a: [1, Number.NaN, Number.NaN], b: [null, 'x', 'NA'] }],
  'names with blanks, quotes and SQL words': [
    '"C4 Eval Loss","a ""b""",select,group\n1,2,3,4\n',
    { 'C4 Eval Loss': [1], 'a "b"': [2], select: [3], group: [4] },
  ],
  'names that differ by case only': ['n,N,C\n1,2,3\n', { n: [1], N: [2], C: [3] }],
  'a column without a name, as pandas writes its index': [',a\n0,5\n', { column_1: [0], a: [5] }],
  'one column': ['a\n1\n2\n', { a: [1, 2] }],
  'text that looks like SQL': [`a\n"'); drop table cells; --"\n`, { a: ["'); drop table cells; --"] }],
  'non-ASCII text': ['a\nzürich\n', { a: ['zürich'] }],
  'booleans as text': ['a\nTrue\nFalse\n', { a: ['True', 'False'] }],
};
for (const [what, [content, columns]] of Object.entries(same))
  test(`loadTable(csv) reads ${what}`, async t => t.deepEqual(await cells('runs.csv', content), columns));

test('loadTable(csv) reads files whose names are patterns to DuckDB', async t => {
  t.is((await load("it's [1]*?.csv", 'a\n1\n')).rows, 1);
});

test('loadTable(jsonl) numbers rows by line, flattens objects and keeps lists as text', async t => {
  const table = await load(
    'runs.jsonl',
    '\ufeff{"a":1,"shape":{"num_layers":6},"tags":["x"],"ok":true}\r\n\n{"a":2.5,"b":"z"}\n',
  );
  t.deepEqual([...table.rowNumbers], [1, 3]);
  t.deepEqual(table.columns, {
    a: Float64Array.of(1, 2.5),
    'shape.num_layers': Float64Array.of(6, Number.NaN),
    tags: ['["x"]', null],
    ok: ['true', null],
    b: [null, 'z'],
  });
});

test('loadTable(ndjson) takes the NaN and Infinity that trackers write as text for numbers', async t => {
  t.deepEqual(await cells('runs.ndjson', '{"a":1}\n{"a":"NaN"}\n{"a":"-Infinity"}\n'), {
    a: [1, Number.NaN, Number.NEGATIVE_INFINITY],
  });
  t.deepEqual(await cells('runs.ndjson', '{"a":"1"}\n{"a":"NaN"}\n'), { a: ['1', 'NaN'] });
});

test("loadTable(jsonl) takes the bare NaN and Infinity of Python's json for numbers", async t => {
  const columns = await cells('runs.jsonl', '{"loss":NaN,"note":"a: NaN"}\n{"loss":-Infinity}\n{"loss":2}\n');
  t.deepEqual(columns.loss, [Number.NaN, Number.NEGATIVE_INFINITY, 2]);
  t.is(columns.note[0], 'a: NaN');
});

test('loadTable(json) reads an array of objects, and keys such as __proto__', async t => {
  const table = await load('runs.json', '[{"N":1,"n":2,"__proto__":3},{"N":9007199254740993}]');
  t.deepEqual(Object.keys(table.columns), ['N', 'n', '__proto__']);
  t.deepEqual(numericColumns(table, ['N']).N, Float64Array.of(1, 2 ** 53));
});

test('loadTable(parquet) tells names apart by case', async t => {
  const { columns } = await loadTable('test/runs/fixtures/case.parquet'); // written by pyarrow: n = 1, 2 and N = 3, 4
  t.deepEqual(columns, { n: Float64Array.of(1, 2), N: Float64Array.of(3, 4) });
});

test('loadTable(file, map) adds names, which win over those of the file, and may exchange them', async t => {
  const { columns } = await load('runs.csv', 'a,b,loss\n1,2,3\n', { map: { N: 'a', a: 'b', b: 'a' } });
  t.deepEqual(columns, {
    a: Float64Array.of(2),
    b: Float64Array.of(1),
    loss: Float64Array.of(3),
    N: Float64Array.of(1),
  });
});

const refused = test.macro({
  async exec(t, name: string, content: string | Uint8Array, message: RegExp) {
    const error = await t.throwsAsync(() => load(name, content), { instanceOf: InputError });
    t.regex(error?.message ?? '', message);
    t.false(error?.message.includes('\n'));
  },
  title: (what, name) => `loadTable(${name}) refuses ${what}`,
});

test(
  'a row that is too short',
  refused,
  'runs.csv',
  'a,b,c\n1,2,3\n4,5\n6,7,8\n',
  /runs\.csv, row 2 must have 3 cells as the header has, got 2$/,
);
test(
  'a row that is too long',
  refused,
  'runs.csv',
  'a,b\n"x\ny",2\n1,2,3\n',
  /runs\.csv, row 2 must have 2 cells as the header has, got 3$/,
);
test(
  'a row that is too short after blank lines',
  refused,
  'runs.csv',
  '\n\na,b\n1,2\n3\n',
  /runs\.csv, row 2 must have 2 cells/,
);
test(
  'a header with a broken quote',
  refused,
  'runs.csv',
  '"a"b,c\n1,2\n',
  /runs\.csv, header must be names between commas, with quotes closed/,
);
test(
  'a quote that is not closed',
  refused,
  'runs.csv',
  'a,b\n1,2\n"x,2\n',
  /runs\.csv, row 2 must close its quotes, got /,
);
test(
  'mixed line ends',
  refused,
  'runs.csv',
  'a,b\r\n1,2\n3,4\r\n',
  /runs\.csv must be CSV with one kind of line ending, got a mixture$/,
);
test(
  'a name that stands twice',
  refused,
  'runs.csv',
  'a,b, a \n1,2,3\n',
  /runs\.csv must have distinct column names, got "a" twice$/,
);
test(
  'another separator',
  refused,
  'runs.csv',
  'a;b\n1;2\n',
  /runs\.csv must be separated by commas, got the one column "a;b"$/,
);
test('a header alone', refused, 'runs.csv', 'a,b\n', /runs\.csv must hold rows, got none$/);
test('an empty file', refused, 'runs.csv', '', /runs\.csv must hold rows, got an empty file$/);
test('blanks alone', refused, 'runs.csv', '\ufeff \r\n', /runs\.csv must hold rows, got an empty file$/);
test(
  'text that is not UTF-8',
  refused,
  'runs.csv',
  Buffer.from([97, 10, 49, 10, 0xe9, 10]),
  /runs\.csv, line 3 must be UTF-8 text, got "é"$/,
);
test('UTF-16', refused, 'runs.csv', Buffer.from('\ufeffa\n1\n', 'utf16le'), /runs\.csv, line 1 must be UTF-8 text/);
test(
  'another kind of file',
  refused,
  'runs.xlsx',
  'x',
  /runs\.xlsx must end in \.csv, \.json, \.jsonl, \.ndjson, \.parquet, got "\.xlsx"$/,
);
test('no ending', refused, 'runs', 'x', /runs must end in .*, got "no ending"$/);
test(
  'a line that is no JSON',
  refused,
  'runs.jsonl',
  '{"a":1}\n{"a":nan}\n',
  /runs\.jsonl, row 2 must be JSON, got "\{\\"a\\":nan\}"$/,
);
test(
  'a line that was cut off',
  refused,
  'runs.jsonl',
  '{"a":1}\n{"a":',
  /runs\.jsonl, row 2 must be JSON, got .* \(the last line has no newline: was its writer cut off\?\)$/,
);
test(
  'a line that is no object',
  refused,
  'runs.jsonl',
  '{"a":1}\n[1]\n',
  /runs\.jsonl, row 2 must be an object, got a list$/,
);
test(
  'one value named twice',
  refused,
  'runs.jsonl',
  '{"a.b":1,"a":{"b":2}}\n',
  /runs\.jsonl, row 1 must name each value once, got "a\.b" twice$/,
);
test(
  'JSON that is no array',
  refused,
  'runs.json',
  '{"a":[1]}',
  /runs\.json must be an array of objects, got an object/,
);
test(
  'JSON lines named .json',
  refused,
  'runs.json',
  '{"a":1}\n{"a":2}\n',
  /runs\.json must be JSON, .* then name it \.jsonl\)$/,
);
test('an empty array', refused, 'runs.json', '[]', /runs\.json must hold rows, got none$/);
test(
  'a file that is no Parquet',
  refused,
  'runs.parquet',
  'PAR1 but not really',
  /runs\.parquet must be a Parquet file, got: /,
);

test('loadTable refuses a file that is not there, and a folder', async t => {
  const missing = await temporaryPath('gone.csv');
  await t.throwsAsync(loadTable(missing), { message: `${missing} must be a file, got nothing of that name` });
  const folder = join(dirname(missing), 'folder.csv');
  await mkdir(folder);
  await t.throwsAsync(loadTable(folder), { message: `${folder} must be a file, got a folder` });
});

test('loadTable(file, map) names the column that is not there and the nearest one', async t => {
  await t.throwsAsync(load('runs.csv', 'params,tokens\n1,2\n', { map: { N: 'parms' } }), {
    instanceOf: InputError,
    message: /^map N: unknown column of .*runs\.csv "parms"; did you mean params\? \(known: params, tokens\)$/,
  });
});

const needsNumbers = test.macro({
  async exec(t, content: string, message: RegExp) {
    const table = await load('runs.csv', content);
    const error = t.throws(() => numericColumns(table, ['loss']), { instanceOf: InputError });
    t.regex(error.message, message);
  },
  title: what => `numericColumns(table, names) refuses ${what} by file, row, column and value`,
});
test(
  'text',
  needsNumbers,
  'N,loss\n1,2.1\n2,\n3,NA\n4,"1,9"\n',
  /runs\.csv, row 4, column loss must be a number, got "1,9"$/,
);
test(
  'a missing cell',
  needsNumbers,
  'N,loss\n1,2.1\n2,\n',
  /runs\.csv, row 2, column loss must be a finite number, got an empty cell or NaN$/,
);
test(
  'NaN',
  needsNumbers,
  'N,loss\n1,2.1\n2,nan\n',
  /runs\.csv, row 2, column loss must be a finite number, got an empty cell or NaN$/,
);
test(
  'infinity',
  needsNumbers,
  'N,loss\n1,2.1\n2,-inf\n',
  /runs\.csv, row 2, column loss must be a finite number, got -Infinity$/,
);
test(
  'an overflow',
  needsNumbers,
  'N,loss\n1,2.1\n2,1e400\n',
  /runs\.csv, row 2, column loss must be a finite number, got Infinity$/,
);
test(
  'an empty column',
  needsNumbers,
  'N,loss\n1,\n2,\n',
  /runs\.csv, row 1, column loss must be a number, got an empty cell or NaN$/,
);
test('an unknown column', needsNumbers, 'N,los\n1,2.1\n', /^unknown column of .*runs\.csv "loss"; did you mean los\?/);

test('numericColumns counts rows as the file does, after a filter too', async t => {
  const table = await load('runs.csv', 'N,loss\n1,2\n2,3\n3,\n', { where: 'N >= 2' });
  t.true(isNumeric(table.columns.loss));
  t.throws(() => numericColumns(table, ['loss']), { message: /, row 3, column loss must be / });
});

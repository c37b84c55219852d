import test from 'ava';
import fc from 'fast-check';
import { InputError } from '../../src/base/index.js';
import { loadTable, numericColumns } from '../../src/runs/index.js';
import { temporaryFile } from './temporary.js';

const RUNS = `name,N,n,C,loss,group,C4 loss
small,2,20,24,3.0,1,10
base,5,50,150,2.5,2,
large,7,70,588,,3,30
`;
const file = await temporaryFile('runs.csv', RUNS);

const derived = async (expression: string) => [...(await loadTable(file, { derive: { x: expression } })).columns.x];
const kept = async (where: string) => [...(await loadTable(file, { where })).rowNumbers];

const NONE = Number.NaN;
const HUGE = Number('123456789012345678901234567890');
const values: Record<string, unknown[]> = {
  'C / (6 * N)': [2, 5, 14],
  '1 / 2': [0.5, 0.5, 0.5], // integers divide as reals
  '7 % 4': [3, 3, 3],
  'N ^ 2 + N ** 2': [8, 50, 98],
  '2 ^ (-N) + 2 ^ -N': [2 ** -1, 2 ** -4, 2 ** -6],
  '-(N ^ 2)': [-4, -25, -49],
  'pow(-N, 2)': [4, 25, 49],
  'n - N': [18, 45, 63], // names keep their case
  '"C4 loss" * 2': [20, NONE, 60],
  '"group" + 0': [1, 2, 3],
  'loss * 2': [6, 5, NONE], // missing stays missing
  'ln(N)': [2, 5, 7].map(Math.log),
  'log10(C) + log2(N) + exp(0)': [24, 150, 588].map((c, i) => Math.log10(c) + Math.log2([2, 5, 7][i]) + 1),
  'ln(N - 5)': [NONE, NONE, Math.log(2)], // not defined: missing
  'sqrt(N - 5)': [NONE, 0, Math.sqrt(2)],
  '1 / (N - 5)': [-1 / 3, Number.POSITIVE_INFINITY, 0.5],
  'greatest(N, 5) + least(N, 5)': [7, 10, 12],
  'round(2.5) + floor(1.9) + ceil(1.1) + abs(-1) + sign(-9)': [6, 6, 6],
  'coalesce(loss, 9)': [3, 2.5, 9],
  'case when N > 5 then 1 when N > 2 then 2 else 3 end': [3, 2, 1],
  "case when N > 5 then 'deep' end": [null, null, 'deep'],
  'N > 2': [0, 1, 1], // a condition is 1 or 0
  '1000000 * 1000000 * 1000000 * 1000000': [1e24, 1e24, 1e24], // no integer overflow
  '123456789012345678901234567890': [HUGE, HUGE, HUGE],
  '0.1 + 0.2 + 1_000': [0.1 + 0.2 + 1000, 0.1 + 0.2 + 1000, 0.1 + 0.2 + 1000], // no decimals
  'N -- a comment': [2, 5, 7],
};
for (const [expression, expected] of Object.entries(values))
  test(`derive x = ${expression}`, async t => t.deepEqual(await derived(expression), expected));

const conditions: Record<string, number[]> = {
  'N >= 5': [2, 3],
  'loss < 2.9': [2], // missing is not below
  'loss is null': [3],
  'loss is not null and not N = 2': [2],
  'N between 2 and 5': [1, 2],
  'N not between 2 and 5': [3],
  'N in (2, 7)': [1, 3],
  "name in ('small', 'base') or N = 7": [1, 2, 3],
  "name like '%a%e'": [2, 3],
  "name not ilike 'SM%'": [2, 3],
  "name <> 'it''s'": [1, 2, 3],
  "name > 'c'": [1, 3],
  'ln(N - 5) < 1 or N = 2': [1, 3],
  true: [1, 2, 3],
};
for (const [where, rows] of Object.entries(conditions))
  test(`where ${where} keeps rows ${rows}`, async t => t.deepEqual(await kept(where), rows));

test('derive sees mapped names and earlier derived ones, in order; where sees all', async t => {
  const table = await loadTable(file, {
    map: { params: 'N', tokens: 'n' },
    derive: { flops: '6 * params * tokens', ratio: 'flops / C', N: 'N * 10', twice: 'N * 2' },
    where: 'ratio >= 10 and N > 20 and C > 100',
  });
  t.deepEqual([...table.rowNumbers], [2]);
  const { flops, ratio, N, twice, params } = numericColumns(table, ['flops', 'ratio', 'N', 'twice', 'params']);
  t.deepEqual([flops[0], ratio[0], N[0], twice[0], params[0]], [1500, 10, 50, 100, 5]);
  t.deepEqual(table.columns.name, ['base']);
});

test('keys with dots are reached with and without quotes', async t => {
  const lines = await temporaryFile('runs.jsonl', '{"shape":{"num_layers":6}}\n{"shape":{"num_layers":12}}\n');
  t.is((await loadTable(lines, { where: 'shape.num_layers > 6 and "shape.num_layers" < 13' })).rows, 1);
});

test('derive of random arithmetic equals JavaScript', t => {
  const leaf = fc.oneof(
    fc.constantFrom('N', 'n', 'C'),
    fc.double({ min: -1e3, max: 1e3, noNaN: true }).map(value => `(${value.toExponential()})`),
  );
  const { tree } = fc.letrec<{ tree: string }>(tie => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc
        .tuple(tie('tree'), fc.constantFrom('+', '-', '*', '/'), tie('tree'))
        .map(([a, sign, b]) => `(${a} ${sign} ${b})`),
    ),
  }));
  return t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(tree, async expression => {
        const expected = [2, 5, 7].map((N, row) => {
          const compute = new Function('N', 'n', 'C', `return ${expression}`);
          return compute(N, N * 10, [24, 150, 588][row]) as number;
        });
        t.deepEqual(
          (await derived(expression)).map(value => Number(value) + 0),
          expected.map(value => value + 0),
        );
      }),
      { numRuns: 40 },
    ),
  );
});

test('loadTable keeps the order of many rows through a filter', async t => {
  const many = await temporaryFile('many.csv', `x\n${Array.from({ length: 10_000 }, (_, row) => row).join('\n')}\n`);
  const table = await loadTable(many, { derive: { y: '2 * x' }, where: 'x % 3 = 0' });
  t.is(table.rows, 3334);
  t.deepEqual(
    [...numericColumns(table, ['y']).y],
    [...table.rowNumbers].map(row => 2 * (row - 1)),
  );
});

// What a user writes may compute, and nothing else.
const refusals: Record<string, RegExp> = {
  "read_csv('/etc/passwd')": /got the function read_csv$/,
  "(select content from read_text('/etc/passwd')) = ''": /got subquery$/,
  "getenv('HOME') = ''": /got the function getenv$/,
  'exists (from cells)': /got subquery$/,
  'N in (select N from cells)': /got subquery$/,
  '1); drop table cells; --': /syntax error/,
  '1 = 1; drop table cells': /got "1 = 1; drop table cells"/,
  "copy cells to 'x.csv'": /syntax error/,
  'N > 1 limit 1': /clauses, aliases and further statements/,
  'N > 1 order by N': /clauses, aliases and further statements/,
  'N > 1 union select true': /clauses, aliases and further statements/,
  "N > 1 from read_csv('/etc/passwd')": /clauses, aliases and further statements/,
  'distinct N > 1': /clauses, aliases and further statements/,
  'N > 1, n > 1': /clauses, aliases and further statements/,
  'N > 1 as x': /clauses, aliases and further statements/,
  '0x10 > 1': /syntax error|clauses/,
  'with t as (select 1) select true': /syntax error/,
  'N::VARCHAR = 2': /got a cast$/,
  "N > date '2020-01-01'": /got a cast$/,
  'sum(N) > 1': /got the function sum$/,
  'sum(N) over () > 1': /got window$/,
  'count(*) > 1': /got the function count_star$/,
  'random() > 0.5': /got the function random$/,
  'nextval(name) > 1': /got the function nextval$/,
  'ln(distinct N) > 1': /got ln with more than its arguments$/,
  'main.ln(N) > 1': /got ln with more than its arguments$/,
  'N > $1': /got parameter$/,
  'N > ?': /got parameter$/,
  '* > 1': /syntax error|got star/,
  'columns(*) > 1': /got star$/,
  '#1 > 1': /got positional reference$/,
  '[N] = [1]': /got the function list_value$/,
  '(N, n) = (1, 2)': /got the function row$/,
  'N[1] = 1': /got array extract$/,
  "name collate nocase = 'a'": /got collate$/,
  "name || 'x' = 'y'": /got the function \|\|$/,
  "regexp_matches(name, '(a+)+')": /got the function regexp_matches$/,
  'N is distinct from 2': /got compare distinct from$/,
  'list_transform([1], x -> x) = 1': /got the function list_transform$/,
  'current_date > 1': /unknown column .* "current_date"/,
  'cells.N > 1': /unknown column .* "cells\.N"/,
  'los < 3': /^unknown column of .*runs\.csv "los"; did you mean loss\?/,
  'LOSS < 3': /^unknown column of .*runs\.csv "LOSS"/,
  'group > 1': /syntax error .* \(SQL words and names with blanks need double quotes\)$/,
  '': /^where must be one expression over columns, got "": it is empty$/,
  'N +': /syntax error/,
  N: /^where must be a condition such as loss < 3, got "N"$/,
  'not N': /^where must have a condition in place of N, got a number$/,
  'N and n > 1': /^where must have a condition in place of N, got a number$/,
  'name < 3': /runs\.csv, row 1, column name must be a number, got "small"$/,
  "N = 'a'": /^where must have a number in place of "a", got text$/,
  'ln(name) > 1': /runs\.csv, row 1, column name must be a number, got "small"$/,
  "N like '2'": /^where must have text in place of N, got a number$/,
  'pow(N) > 1': /^where must give pow 2 arguments, got 1$/,
  'log(N) > 1': /got the function log \(write ln, log10 or log2\)$/,
  'N // 2 > 1': /got the function \/\/ \(write floor\(a \/ b\)\)$/,
  'N^-2 > 0': /got the function \^- \(write a \^ \(-b\)\)$/,
  '-N ^ 2 > 1': /^where must say what \^ applies to, got a minus before it/,
  '-2 ^ 2 > 1': /^where must say what \^ applies to, got a minus before it/,
  'N ^ 2 ^ 3 > 1': /^where must say what \^ applies to, got a power before it/,
  'N > 1e400': /a number in it is too large$/,
  'N > 99': /^where must leave a row of .*runs\.csv, got none of 3 for "N > 99"$/,
};
for (const [where, message] of Object.entries(refusals))
  test(`where ${where || '(nothing)'} is refused in one line`, async t => {
    const error = await t.throwsAsync(loadTable(file, { where }), { instanceOf: InputError });
    t.regex(error?.message ?? '', message);
    t.false(error?.message.includes('\n'));
  });

test('derive is refused by its name', async t => {
  await t.throwsAsync(loadTable(file, { derive: { D: 'C / M' } }), { message: /^unknown column of .* "M"/ });
  await t.throwsAsync(loadTable(file, { derive: { D: 'version()' } }), {
    message: /^derive D must be .* got the function version$/,
  });
});

test('an expression of great depth is computed or refused in one line', async t => {
  const deep = `${'('.repeat(3000)}N${')'.repeat(3000)} > 1`;
  const sums = `${Array.from({ length: 3000 }, () => 'N').join(' + ')} > 1`;
  for (const where of [deep, sums, `${'coalesce('.repeat(200)}N${')'.repeat(200)} > 1`])
    try {
      t.is((await loadTable(file, { where })).rows, 3);
    } catch (error) {
      t.true(error instanceof InputError, String(error));
      t.false(String(error).includes('\n'));
    }
});

import test from 'ava';
import { formatTable } from '../../src/cli/table.js';

const COLUMNS = [{ title: 'name', align: 'left' as const }, { title: 'value' }];

test('formatTable(columns, rows) rules the head and sets numbers right', t => {
  const table = formatTable(COLUMNS, [
    ['a', '1'],
    ['two\nlines', '20'],
  ]);
  t.is(table, 'name   value\n-----  -----\na          1\ntwo       20\nlines');
});

test('formatTable(columns, rows) shows the first 200 rows and says how many are left', t => {
  const lines = formatTable(
    COLUMNS,
    Array.from({ length: 20_000 }, (_, i) => [`row ${i}`, String(i)]),
  ).split('\n');
  t.is(lines.length, 2 + 200 + 1);
  t.is(lines.at(-1), '... 19800 more rows; --json has them all');
});

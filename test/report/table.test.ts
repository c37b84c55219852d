import test from 'ava';
import type { TableBlock } from '../../src/report/index.js';
import { RECALLED_NOTE, tableBlock } from '../../src/report/table.js';

const table = (rows: TableBlock['rows'], columns: TableBlock['columns'] = [{ key: 'a', title: 'A' }]) =>
  tableBlock({ kind: 'table', columns, rows }).markup;

const cellsOf = (markup: string) => [...markup.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, text]) => text);

test('tableBlock() sets numbers right with equal decimals, and text left', t => {
  const markup = table([{ a: 77.45 }, { a: 69.8 }, { a: 79 }]);
  t.deepEqual(cellsOf(markup), ['77.45', '69.80', '79.00']);
  t.regex(markup, /<th scope="col" class="right">A<\/th>/);
  t.notRegex(table([{ a: 'text' }]), /class="right"/);
});

test('tableBlock() writes numbers of very different size each for itself', t => {
  t.deepEqual(cellsOf(table([{ a: 0.00123456 }, { a: 482.0123 }, { a: 2.4e9 }])), ['0.001235', '482', '2.400e9']);
});

test("tableBlock() writes numbers by the column's own format, and sorts by the number", t => {
  const markup = table(
    [{ a: 0.631 }],
    [{ key: 'a', title: 'A', unit: 'of Base', format: value => `${100 * value} %` }],
  );
  t.regex(markup, /<td class="right" data-sort="0.631">63.1 %<\/td>/);
  t.regex(markup, /A<span class="unit">of Base<\/span>/);
});

test('tableBlock() marks recalled values with a dagger and says once what it means', t => {
  const markup = table([{ a: { value: 1, recalled: true } }, { a: { value: 2, recalled: true } }, { a: 3 }]);
  t.is(markup.match(/class="dagger"/g)?.length, 2);
  t.is(markup.split(RECALLED_NOTE).length, 2);
  t.false(table([{ a: 1 }]).includes(RECALLED_NOTE));
});

test('tableBlock() shows missing values as a dash', t => {
  t.deepEqual(cellsOf(table([{ a: null }, {}, { a: { value: null, text: 'none' } }])), ['\u2013', '\u2013', 'none']);
});

test('tableBlock() keeps hostile text as text', t => {
  const markup = table(
    [{ a: '<script>x</script>' }, { a: { value: 1, text: '"><img>' } }],
    [{ key: 'a', title: '<b>' }],
  );
  t.notRegex(markup, /<script|<img|<b>/);
});

import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { rolloutChart } from '../../src/chart/index.js';
import { renderSvg } from '../../src/report/index.js';

const points = [
  { law: 'ND free', horizon: 4, median: 0.008, p90: 0.018 },
  { law: 'ND free', horizon: 10, median: 0.01, p90: 0.027 },
  { law: '<b>C & E</b>', horizon: 10, median: 0.004, p90: 0.009 },
];

test('rolloutChart(values) draws every law by name, and a name from outside stays text', async t => {
  const svg = await renderSvg(rolloutChart({ title: 'Errors', points }));
  t.true(svg.includes('ND free'));
  t.true(svg.includes('&lt;b&gt;C &amp; E&lt;/b&gt;'));
  t.false(svg.includes('<b>'));
});

test('rolloutChart() refuses an error that is not above 0, and no points', t => {
  const broken = [{ law: 'a', horizon: 4, median: 0, p90: 1 }];
  t.throws(() => rolloutChart({ title: 'Errors', points: broken }), { instanceOf: InputError });
  t.throws(() => rolloutChart({ title: 'Errors', points: [] }), { instanceOf: InputError });
});

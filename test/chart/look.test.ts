import test from 'ava';
import { costLedgerChart, frontierChart, lossComputeChart, residualsChart } from '../../src/chart/index.js';
import { renderSvg } from '../../src/report/index.js';
import { loadDataset, numericColumns } from '../../src/runs/index.js';
import * as samples from './samples.js';

/** The texts of a chart, in drawing order. */
const textsOf = (svg: string) => [...svg.matchAll(/<(?:text|tspan)[^>]*>([^<]+)</g)].map(([, text]) => text);

test('lossComputeChart() labels compute with powers of ten, and its loss axis does not start at zero', async t => {
  const texts = textsOf(await renderSvg(lossComputeChart(samples.lossCompute)));
  for (const label of ['10\u00b9\u2078', '10\u00b2\u00b9', '2.0', '5.0', '73.8M', '6.8B', 'planned run'])
    t.true(texts.includes(label), label);
  t.false(texts.includes('0.0'));
});

test('lossComputeChart() draws all 770 checkpoints of Gemstones', async t => {
  const columns = ['depth', 'params', 'tokens', 'train_loss'];
  const { depth, params, tokens, train_loss } = numericColumns(await loadDataset('gemstones-2025'), columns);
  const points = Array.from(params, (size, i) => ({
    name: `checkpoint ${i}`,
    compute: 6 * size * tokens[i],
    loss: train_loss[i],
    group: depth[i],
  }));
  const svg = await renderSvg(lossComputeChart({ title: 'Gemstones', points }));
  t.is(svg.match(/aria-roledescription="point"/g)?.length, 770);
});

test('lossComputeChart() colours more groups than colours by their most frequent, and calls the rest other', async t => {
  const points = Array.from({ length: 60 }, (_, i) => ({
    name: `run ${i}`,
    compute: 1e18 * (i + 1),
    loss: 3,
    group: `group ${Math.min(i % 12, 9)}`,
  }));
  const texts = textsOf(await renderSvg(lossComputeChart({ title: 'Groups', points })));
  t.is(texts.filter(text => text.startsWith('group ')).length, 7);
  t.true(texts.includes('group 9') && texts.includes('other'));
});

test('frontierChart() names the frontier and the standard sizes, and greys the rest without names', async t => {
  const texts = textsOf(await renderSvg(frontierChart(samples.frontier)));
  const named = samples.frontier.points.filter(({ efficient, accent }) => efficient || accent);
  for (const { name } of named) t.true(texts.includes(name), name);
  t.false(texts.includes('Small20L'));
});

test('frontierChart() writes a name that several checkpoints share once, at the best of them', async t => {
  const points = [1, 2, 3].map(i => ({ name: 'same', cost: 10 ** i, quality: i, efficient: true }));
  const svg = await renderSvg(frontierChart({ ...samples.frontier, points, regions: [] }));
  t.is(textsOf(svg).filter(text => text === 'same').length, 1);
});

test('frontierChart() puts cheap left and good up, on every kind of axis', t => {
  const reversed = (spec: unknown) =>
    [...JSON.stringify(spec).matchAll(/"domain":\[[^\]]*\],"nice":false(,"zero":false)?(,"reverse":true)?/g)]
      .map(([, , reverse]) => Boolean(reverse))
      .slice(0, 2);
  t.deepEqual(reversed(frontierChart(samples.frontier)), [false, false]);
  t.deepEqual(reversed(frontierChart(samples.speedFrontier)), [true, false]);
  t.deepEqual(reversed(frontierChart({ ...samples.frontier, quality: { title: 'Loss', better: 'smaller' } })), [
    false,
    true,
  ]);
});

test('costLedgerChart() shows shares when sizes differ by 700 times, with totals at the ends', async t => {
  const texts = textsOf(await renderSvg(costLedgerChart(samples.costLedger)));
  for (const text of ['15.6M', '60.5M', '223M', '11.3B', '53 %', '100 %']) t.true(texts.includes(text), text);
});

test('costLedgerChart() shows amounts when sizes are alike', async t => {
  const bars = [
    { name: 'a', items: { weights: 2 ** 30, moments: 2 ** 31 } },
    { name: 'b', items: { weights: 2 ** 29, moments: 2 ** 30 } },
  ];
  const texts = textsOf(await renderSvg(costLedgerChart({ title: 'Memory', notation: 'bytes', bars })));
  t.true(texts.includes('3.00 GiB') && texts.includes('1.50 GiB'));
  t.false(texts.includes('100 %'));
});

test('residualsChart() names the outliers and nothing else', async t => {
  const names = textsOf(await renderSvg(residualsChart(samples.residuals))).filter(text => text.startsWith('run'));
  const spread = samples.residuals.points.filter(({ residual }) => Math.abs(residual) > 0.05).map(({ name }) => name);
  t.deepEqual(names.sort(), spread.sort());
});

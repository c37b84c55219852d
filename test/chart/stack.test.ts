import test from 'ava';
import { compile } from 'vega-lite';
import { InputError } from '../../src/base/index.js';
import { residualsChart, stackCharts } from '../../src/chart/index.js';

const chart = (title: string) =>
  residualsChart({
    title,
    atTitle: 'Compute',
    points: [
      { name: 'a', at: 1e18, residual: 0.01 },
      { name: 'b', at: 1e19, residual: -0.02 },
    ],
  });

test('stackCharts(charts) is one spec that compiles, with every title and the theme once', t => {
  const spec = stackCharts([chart('First'), chart('Second')]);
  t.deepEqual(spec.config, chart('First').config);
  const { spec: vega } = compile(spec);
  const text = JSON.stringify(vega);
  t.true(text.includes('First') && text.includes('Second'));
  t.is(vega.marks?.length, 2);
});

test('stackCharts([]) is refused', t => {
  t.throws(() => stackCharts([]), { instanceOf: InputError });
});

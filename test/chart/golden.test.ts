import test from 'ava';
import { compile, type TopLevelSpec } from 'vega-lite';
import {
  type ChartSpec,
  claimsChart,
  costLedgerChart,
  downstreamChart,
  frontierChart,
  lossComputeChart,
  residualsChart,
  theme,
} from '../../src/chart/index.js';
import * as samples from './samples.js';

const CHARTS: Record<string, (size: { width: number }) => ChartSpec> = {
  'lossComputeChart(hoffmann 2022)': size => lossComputeChart(samples.lossCompute, size),
  'downstreamChart(gemstones)': size => downstreamChart(samples.downstream, size),
  'frontierChart(table 4, FLOPs by region)': size => frontierChart(samples.frontier, size),
  'frontierChart(table 4, speed)': size => frontierChart(samples.speedFrontier, size),
  'costLedgerChart(presets)': size => costLedgerChart(samples.costLedger, size),
  'residualsChart(hoffmann 2022)': size => residualsChart(samples.residuals, size),
  'claimsChart(tay 2021)': size => claimsChart(samples.claims, size),
};

/** The same with each row of data on one line, so that a change reads as one. */
const onLines = (spec: unknown): unknown =>
  JSON.parse(
    JSON.stringify(spec, (key, value) =>
      key === 'values' && Array.isArray(value) ? value.map(row => JSON.stringify(row)) : value,
    ),
  );

/** The compiled chart without data and config, which the specification's snapshot and the theme's show. */
function compiled(spec: TopLevelSpec) {
  const warnings: unknown[] = [];
  const quiet = () => logger;
  const logger = {
    level: quiet,
    error: quiet,
    info: quiet,
    debug: quiet,
    warn: (...messages: unknown[]) => {
      warnings.push(...messages);
      return logger;
    },
  };
  const { data = [], config, ...vega } = compile(spec, { logger: logger as never }).spec;
  return {
    warnings,
    vega: { ...vega, data: data.map(source => ('values' in source ? { ...source, values: '...' } : source)) },
  };
}

for (const [name, draw] of Object.entries(CHARTS)) {
  test(`${name}: specification and compiled Vega are the approved ones`, t => {
    const { config, ...spec } = draw({ width: 720 });
    t.deepEqual(config, theme());
    t.snapshot(onLines(spec), 'vega-lite');
    t.snapshot(onLines(compiled(draw({ width: 720 })).vega), 'vega');
  });

  test(`${name}: compiles without a warning, wide and narrow`, t => {
    for (const width of [720, 344]) t.deepEqual(compiled(draw({ width })).warnings, []);
  });

  test(`${name}: is plain data`, t => {
    const spec = draw({ width: 720 });
    t.deepEqual(JSON.parse(JSON.stringify(spec)), spec as unknown);
  });
}

test('theme(): the one look', t => {
  t.snapshot(theme());
  t.snapshot(theme({ dark: true }));
});

import type { TopLevelSpec } from 'vega-lite';
import { fail } from '../base/index.js';
import type { ChartSpec } from './frame.js';

type Stacked = Extract<TopLevelSpec, { vconcat: unknown }>;

const GAP = 28;

/** Charts under each other as one chart: one look, separate axes, legends and titles. */
export function stackCharts(charts: readonly ChartSpec[]): ChartSpec {
  if (charts.length === 0) fail('stackCharts needs at least 1 chart, got 0');
  const parts = charts.map(({ $schema: _, config: __, padding: ___, ...part }) => part);
  return {
    $schema: charts[0].$schema,
    padding: charts[0].padding,
    config: charts[0].config,
    spacing: GAP,
    vconcat: parts as Stacked['vconcat'],
    resolve: { scale: { color: 'independent' } },
  };
}

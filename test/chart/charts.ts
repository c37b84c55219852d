import {
  type ChartSpec,
  claimsChart,
  costLedgerChart,
  downstreamChart,
  frontierChart,
  lossComputeChart,
  residualsChart,
} from '../../src/chart/index.js';
import * as samples from './samples.js';

/** One chart of each kind, with every name replaced by what `rename` makes of it. */
export function chartsNamed(rename: (name: string) => string): Record<string, ChartSpec> {
  const named = <T extends { readonly name: string }>(rows: readonly T[]): T[] =>
    rows.map(row => ({ ...row, name: rename(row.name) }));
  const { lossCompute, downstream, frontier, costLedger, residuals, claims } = samples;
  return {
    lossComputeChart: lossComputeChart({
      ...lossCompute,
      title: rename('title'),
      subtitle: rename('subtitle'),
      groupTitle: rename('groups'),
      points: named(lossCompute.points).map((point, i) => ({ ...point, group: rename(`group ${i % 3}`) })),
      targets: named(lossCompute.targets ?? []),
    }),
    downstreamChart: downstreamChart({ ...downstream, scoreTitle: rename('score'), points: named(downstream.points) }),
    frontierChart: frontierChart({
      ...frontier,
      cost: { ...frontier.cost, title: rename('cost') },
      points: named(frontier.points),
      regions: named(frontier.regions ?? []),
    }),
    costLedgerChart: costLedgerChart({
      ...costLedger,
      bars: named(costLedger.bars).map(({ name, items }) => ({
        name,
        items: Object.fromEntries(Object.entries(items).map(([item, amount]) => [rename(item), amount])),
      })),
    }),
    residualsChart: residualsChart({ ...residuals, atTitle: rename('at'), points: named(residuals.points) }),
    claimsChart: claimsChart({ ...claims, claims: named(claims.claims) }),
  };
}

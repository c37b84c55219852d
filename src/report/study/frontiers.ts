import { format } from '../../base/index.js';
import { frontierByRegion, type Objective, paretoFrontier, weakFrontier } from '../../frontier/index.js';
import { loadDataset, numericColumns } from '../../runs/index.js';
import { loadTable4, SCORES } from '../../verify/index.js';
import type { FrontierStudy } from './study.js';

export async function studyFrontiers(): Promise<FrontierStudy[]> {
  return [await studyGemstones(), await studyTable4()];
}

/** Final and intermediate checkpoints of Gemstones: loss against training compute, per region. Measured. */
async function studyGemstones(): Promise<FrontierStudy> {
  const table = await loadDataset('gemstones-2025', { derive: { flops: '6 * params * tokens' } });
  const { width, depth, tokens, flops, train_loss } = numericColumns(table, [
    'width',
    'depth',
    'tokens',
    'flops',
    'train_loss',
  ]);
  const points = Array.from({ length: table.rows }, (_, i) => ({
    name: `${width[i]} x ${depth[i]}`,
    tokens: tokens[i],
    flops: flops[i],
    loss: train_loss[i],
  }));
  type Point = (typeof points)[number];
  const objectives: Objective<Point>[] = [
    { name: 'flops', goal: 'min' },
    { name: 'loss', goal: 'min' },
  ];
  const regions = frontierByRegion(points, objectives).filter(region => region.points.length > 0);
  const efficient = new Set(regions.flatMap(region => region.points));
  return {
    title: 'Gemstones: the lowest loss at each budget',
    subtitle: 'Measured; 22 decoder-only shapes (width x depth) and their checkpoints; FLOPs as 6 N D',
    about:
      'A model is on the frontier of its region when no model of the region or of a cheaper one is as cheap and as good. Regions are named for the T5 size whose pre-training costs about as much.',
    points: points.map(point => ({
      name: point.name,
      cost: point.flops,
      quality: point.loss,
      efficient: efficient.has(point),
    })),
    cost: { title: 'Training compute (FLOPs)', notation: 'power' },
    quality: { title: 'Training loss (nats per token)', better: 'smaller' },
    regions: regions.map(openEnds),
    table: {
      kind: 'table',
      caption: 'Shapes on the frontier of each region, by the number of their checkpoints there.',
      columns: [
        { key: 'region', title: 'Region' },
        { key: 'from', title: 'From', unit: 'FLOPs', format: value => format.digits(value, 3) },
        { key: 'to', title: 'To', unit: 'FLOPs', format: value => format.digits(value, 3) },
        { key: 'runs', title: 'Runs on it' },
        { key: 'shapes', title: 'Shapes (width x depth)', align: 'left' },
      ],
      rows: regions.map(region => ({
        region: region.name,
        from: region.from,
        to: Number.isFinite(region.to) ? region.to : null,
        runs: region.points.length,
        shapes: tally(region.points.map(({ name }) => name)),
      })),
    },
  };
}

const COSTS = ['params', 'flops', 'steps/s'] as const;

/** Table 4: parameters and FLOPs are ours and exact, steps/s and scores recalled. Strict and weak frontiers. */
async function studyTable4(): Promise<FrontierStudy> {
  const points = (await loadTable4()).map(({ model, ...rest }) => ({ name: model, ...rest }));
  type Point = (typeof points)[number];
  const costs = COSTS.map((name): Objective<Point> => ({ name, goal: name === 'steps/s' ? 'max' : 'min' }));
  const qualities = SCORES.map((name): Objective<Point> => ({ name, goal: 'max' }));
  const [, flops] = costs;
  const strict = new Set(paretoFrontier(points, [flops, qualities[3]]));
  const weak = weakFrontier(points, { costs, qualities });
  const used = frontierByRegion(points, [flops, qualities[3]]).filter(region => region.points.length > 0);
  const efficient = new Set(used.flatMap(region => region.points));
  return {
    title: 'Scale Efficiently, Table 4: where T5-base and T5-large stand',
    subtitle: "Scores are recalled; training FLOPs are our exact count at the paper's recipe",
    about:
      'The paper calls a model efficient when it is not dominated on at least one cost axis for at least one task. That is easy to pass; the strict column asks for the one pair of the chart.',
    points: points.map(point => ({
      name: point.name,
      cost: point.flops,
      quality: point.avg,
      efficient: efficient.has(point),
      accent: point.name === 'Base' || point.name === 'Large',
    })),
    cost: { title: 'Training compute (FLOPs)', notation: 'power' },
    quality: { title: 'Average of GLUE, SuperGLUE, SQuAD' },
    regions: used.map(openEnds),
    table: {
      kind: 'table',
      caption: `Weak: on the frontier of at least one of ${COSTS.length * SCORES.length} pairs of a cost and a score.`,
      columns: [
        { key: 'name', title: 'Model' },
        { key: 'params', title: 'Parameters', format: format.count },
        { key: 'flops', title: 'Training', unit: 'FLOPs', format: value => format.digits(value, 3) },
        { key: 'avg', title: 'Average score' },
        { key: 'strict', title: 'Strict (FLOPs, average)' },
        { key: 'weak', title: 'Weak: pairs' },
      ],
      rows: weak.map(({ point, pairs }) => ({
        name: point.name,
        params: point.params,
        flops: point.flops,
        avg: { value: point.avg, recalled: true },
        strict: strict.has(point) ? { value: 'on', tone: 'good' as const } : { value: 'off', tone: 'soft' as const },
        weak: pairs.length,
      })),
    },
  };
}

const openEnds = ({ name, from, to }: { name: string; from: number; to: number }) => ({
  name,
  from: from > 0 ? from : null,
  to: Number.isFinite(to) ? to : null,
});

/** 'a (3), b' by falling count. */
function tally(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  return sorted.map(([name, times]) => (times > 1 ? `${name} (${times})` : name)).join(', ');
}

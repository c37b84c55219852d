import { bootstrapFit, predictBootstrap } from '../../fit/index.js';
import { findLaw } from '../../law/index.js';
import { computeOptimum } from '../../plan/index.js';
import { loadDataset, numericColumns } from '../../runs/index.js';
import { type FitRow, loadFits, remakeFit } from '../../verify/index.js';
import type { FitStudy } from './study.js';

const NAME = 'hoffmann-2022-besiroglu';
const REPLICATES = 400;
const CURVE_POINTS = 60;

/** Chinchilla's points, the law fitted to them, its line along the best split of each budget, and what others found. */
export async function studyFit(fitsFolder: string): Promise<FitStudy> {
  const law = findLaw('chinchilla');
  const specs = await loadFits(fitsFolder);
  const spec = specs.find(({ name }) => name === NAME);
  if (spec === undefined) throw new Error(`${NAME}.yaml must stand in ${fitsFolder}`);
  const rows: FitRow[] = (await remakeFit(spec)).rows.slice();
  const { dataset, map, derive, where } = spec;
  const table = await loadDataset(dataset, { map, derive, ...(where !== null && { where }) });
  const columns = numericColumns(table, ['N', 'D', 'loss', 'training_flops']);
  const bootstrap = bootstrapFit(columns, law, { replicates: REPLICATES, seed: 1 });
  const { fit, params } = bootstrap;
  const points = Array.from({ length: table.rows }, (_, i) => ({
    name: `row ${table.rowNumbers[i]}`,
    compute: columns.training_flops[i],
    loss: columns.loss[i],
    group: columns.N[i],
    residual: -fit.residuals[i],
  }));
  const { A, B, alpha, beta } = Object.fromEntries(
    Object.entries(fit.params).map(([name, { value }]) => [name, value]),
  );
  const curve = logSpaced(
    points.map(({ compute }) => compute),
    CURVE_POINTS,
  ).map(compute => {
    const { N, D } = computeOptimum({ A, B, alpha, beta }, compute);
    const { value, lo, hi } = predictBootstrap(bootstrap, { N, D });
    return { compute, loss: value, lo, hi };
  });
  const about =
    `Hoffmann et al. (arXiv 2203.15556) fitted L = E + A/N^alpha + B/D^beta and printed constants that their own points do ` +
    `not bear out (Besiroglu et al., arXiv 2404.10102). Fitted here to ${fit.rows} of the 245 extracted points: ` +
    `objective ${fit.objective.toPrecision(8)}.`;
  return { about, params, level: fit.level, points, curve, rows };
}

/** Numbers evenly spaced in the logarithm over the range of the values. */
export function logSpaced(values: readonly number[], count: number): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)].map(Math.log);
  return Array.from({ length: count }, (_, i) => Math.exp(low + ((high - low) * i) / (count - 1)));
}

import type { Columns } from '../src/base/index.js';
import { openFitPool } from '../src/cli/pool.js';
import { bootstrapFit, bootstrapFitParallel, type Fit, fitLaw } from '../src/fit/index.js';
import { findLaw } from '../src/law/index.js';
import { loadDataset, numericColumns } from '../src/runs/index.js';
import { medianSeconds, type Row, timeRow } from './measure.js';
import { runPeer } from './peers/python.js';

const law = findLaw('chinchilla');
const [STARTS, REPLICATES] = [4500, 4000];

/**
 * Fits beside their peers. The starts of ours are points of the two exponents at which the three linear constants are
 * solved for and the objective is taken; only the best that are no neighbours are descended from. Those of the peers are
 * five-constant points, each descended from. What counts is the objective in the end, so it stands in each name.
 */
export async function benchmarks(): Promise<Row[]> {
  return [...(await chinchillaPipeline()), ...(await packageExample())];
}

interface ScipyReport {
  readonly seconds: { readonly starts: number; readonly bootstrap: number };
  readonly objective: number;
}

async function chinchillaPipeline(): Promise<Row[]> {
  const table = await loadDataset('hoffmann-2022-fig4', {
    map: { N: 'params' },
    derive: { D: 'training_flops / (6 * params)' },
    where: 'loss < 3.44',
  });
  const columns = numericColumns(table, ['N', 'D', 'loss']);
  const all = { starts: STARTS, replicates: REPLICATES };
  const fit = await medianSeconds(() => fitLaw(columns, law, { starts: STARTS }), { repetitions: 5 });
  const alone = await medianSeconds(() => bootstrapFit(columns, law, all), { repetitions: 3, warmUp: 1 });
  const pool = openFitPool();
  const pooled = await medianSeconds(() => bootstrapFitParallel(columns, law, { ...all, parallel: pool.map }), {
    repetitions: 5,
    warmUp: 2,
  });
  await pool.close();
  const input = { points: plain(columns), delta: 1e-3, starts: STARTS, replicates: REPLICATES };
  const peer = runPeer('fit_scipy.py', { packages: ['numpy', 'scipy'], input }) as ScipyReport | null;
  const found = objectives(fitLaw(columns, law, { starts: STARTS }), peer?.objective);
  const title = `Chinchilla, 240 rows: ${STARTS} starts`;
  const [starts, whole] = peer ? [peer.seconds.starts, peer.seconds.starts + peer.seconds.bootstrap] : [null, null];
  return [
    timeRow(`${title} and ${REPLICATES} draws, all cores; peer SciPy, one core; ${found}`, pooled, whole),
    timeRow(`${title} and ${REPLICATES} draws, one core; peer SciPy, one core; ${found}`, alone, whole),
    timeRow(`${title}, one core; peer SciPy, one core; ${found}`, fit, starts),
  ];
}

interface PackageReport {
  readonly seconds: number;
  readonly objective: number;
  readonly starts: number;
}

async function packageExample(): Promise<Row[]> {
  const columns = numericColumns(await loadDataset('kyotakano-llm'), ['N', 'D', 'loss']);
  const options = { rho: 'asymmetric', residual: 'linear', reduce: 'mean', starts: 3125 } as const;
  const ours = await medianSeconds(() => fitLaw(columns, law, options), { repetitions: 5 });
  const packages = ['numpy', 'scipy', 'matplotlib', 'chinchilla==0.2.0'];
  const peer = runPeer('fit_chinchilla.py', { packages, input: { points: plain(columns) } }) as PackageReport | null;
  const found = objectives(fitLaw(columns, law, options), peer?.objective);
  const name = `example of the package chinchilla, 234 rows: 3125 starts, one core; peer itself, all cores; ${found}`;
  return [timeRow(name, ours, peer?.seconds ?? null)];
}

const plain = (columns: Columns) =>
  Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, Array.from(values)]));

const objectives = ({ objective }: Fit, theirs: number | undefined) =>
  `objective ${objective.toPrecision(10)}, theirs ${theirs === undefined ? '-' : theirs.toPrecision(10)}`;

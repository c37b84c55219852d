import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail } from '../src/base/index.js';
import { findDevice, type ShapeColumns } from '../src/cost/index.js';
import { findLaw, predictLaw } from '../src/law/index.js';
import {
  costProblem,
  enumerateShapes,
  findSensitivities,
  type PlanOptions,
  parseProblem,
  searchShapes,
  WIDE_SPACE,
} from '../src/plan/index.js';
import type { NumberField } from '../src/shape/index.js';
import { medianSeconds, type Row, timeRow } from './measure.js';
import { runPeer } from './peers/python.js';

/** Constants of Besiroglu 2024, arXiv 2404.10102. */
const CONSTANTS = { E: 1.8172, A: 482.01, B: 2085.43, alpha: 0.3478, beta: 0.3658 };
const CENTRE = { loss: Object.values(CONSTANTS), score: null };
const FLOPS = 1e21;

/** The columns peers/plan.py reads, in its order. */
const COLUMNS: readonly NumberField[] = [
  'num_layers',
  'num_decoder_layers',
  'd_model',
  'd_ff',
  'd_kv',
  'num_heads',
  'vocab_size',
];

export async function benchmarks(): Promise<Row[]> {
  const problem = parseProblem(OPTIONS);
  const shapes = enumerateShapes(WIDE_SPACE);
  const search = (of = problem) => searchShapes(of, { costs: costProblem(of, shapes), centre: CENTRE });
  const { best, spending, costs } = search();
  const limited = parseProblem({ ...OPTIONS, constraints: LIMITS });
  const found = searchShapes(limited, { costs, centre: CENTRE });
  const timed = parseProblem({ ...OPTIONS, machine: { device: findDevice('a100-80gb'), devices: 8 } });
  const what = `${shapes.rows} shapes costed and ranked at a budget`;
  return [
    timeRow(
      `${what}; peer NumPy, column by column`,
      await medianSeconds(() => search()),
      peerSeconds(shapes, { best, loss: spending.loss[best] }),
    ),
    timeRow('making their columns', await medianSeconds(() => enumerateShapes(WIDE_SPACE)), null),
    timeRow(`${what}, with the seconds of their steps`, await medianSeconds(() => search(timed)), null),
    timeRow(
      'shadow prices of five limits: six searches again',
      await medianSeconds(() => findSensitivities(limited, { search: found, centre: CENTRE })),
      null,
    ),
  ];
}

/** Rows of the law itself: only the range that they span matters, for the constants are given. */
const RUNS = [1e6, 1e8, 1e11].flatMap(N => [1e8, 1e10, 1e13].map(D => ({ N, D })));
const OPTIONS: PlanOptions = {
  stage: {
    columns: {
      N: Float64Array.from(RUNS, ({ N }) => N),
      D: Float64Array.from(RUNS, ({ D }) => D),
      loss: Float64Array.from(RUNS, place => predictLaw(findLaw('chinchilla'), CONSTANTS, place)),
    },
    law: findLaw('chinchilla'),
  },
  budget: { flops: FLOPS },
  space: WIDE_SPACE,
};
const LIMITS = { memoryBytes: 4e10, maxParams: 4e9, maxLayers: 48, uniqueTokens: 6e10, epochs: 2 };

interface PeerReport {
  readonly seconds: number;
  readonly best: number;
  readonly loss: number;
}

/** The peer's time, once it is seen to find the same. */
function peerSeconds(shapes: ShapeColumns, ours: { readonly best: number; readonly loss: number }): number | null {
  const folder = mkdtempSync(join(tmpdir(), 'shapelaw-bench-'));
  try {
    const file = join(folder, 'shapes.f64');
    for (const name of COLUMNS) writeFileSync(file, Float64Array.from(shapes[name]), { flag: 'a' });
    const job = { flops: FLOPS, batch: 128, constants: Object.values(CONSTANTS) };
    const input = { file, count: shapes.d_model.length, repetitions: 7, ...job };
    const report = runPeer('plan.py', { packages: ['numpy'], input }) as PeerReport | null;
    if (report === null) return null;
    if (!(report.best === ours.best && Math.abs(report.loss / ours.loss - 1) < 1e-12))
      fail(`NumPy finds row ${report.best} of loss ${report.loss}, we row ${ours.best} of ${ours.loss}`);
    return report.seconds;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

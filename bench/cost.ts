import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, fail } from '../src/base/index.js';
import { type BulkCosts, costShapes } from '../src/cost/index.js';
import { NUMBER_FIELDS, type NumberField } from '../src/shape/index.js';
import { medianSeconds, type Row, timeRow } from './measure.js';
import { runPeer } from './peers/python.js';

const COUNT = 1_000_000;
const PEER = 'parameters, FLOPs and training memory of 1000000 shapes; peer NumPy, column by column';

/** The columns peers/cost.py reads, in its order. */
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
  const folder = mkdtempSync(join(tmpdir(), 'shapelaw-bench-'));
  try {
    const shapes = drawShapes();
    const ours = await medianSeconds(() => costShapes(shapes));
    const file = join(folder, 'shapes.f64');
    for (const name of COLUMNS) writeFileSync(file, shapes[name], { flag: 'a' });
    return [timeRow(PEER, ours, peerSeconds(file, costShapes(shapes)))];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function drawShapes(): Record<NumberField, Float64Array> {
  const { integer } = createRandom(1);
  const step: Record<NumberField, number> = {
    num_layers: 1,
    num_decoder_layers: 1,
    d_model: 64,
    d_ff: 128,
    d_kv: 8,
    num_heads: 1,
    vocab_size: 2048,
  };
  const column = (name: NumberField) => Float64Array.from({ length: COUNT }, () => step[name] * (1 + integer(32)));
  return Object.fromEntries(NUMBER_FIELDS.map(name => [name, column(name)])) as Record<NumberField, Float64Array>;
}

interface PeerReport {
  readonly seconds: number;
  readonly sums: readonly number[];
}

/** The peer's time, once it is seen to count the same. */
function peerSeconds(file: string, costs: BulkCosts): number | null {
  const input = { file, count: COUNT, repetitions: 7 };
  const report = runPeer('cost.py', { packages: ['numpy'], input }) as PeerReport | null;
  if (report === null) return null;
  for (const [i, [name, column]] of Object.entries(costs).entries()) {
    const sum = (column as Float64Array).reduce((a, b) => a + b, 0);
    if (!(Math.abs(report.sums[i] / sum - 1) < 1e-9))
      fail(`NumPy's ${name} add up to ${report.sums[i]}, ours to ${sum}`);
  }
  return report.seconds;
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainRecord } from '../../src/trainer/index.js';

const root = mkdtempSync(join(tmpdir(), 'shapelaw-train-'));
process.once('exit', () => rmSync(root, { recursive: true, force: true }));

/** A new empty folder, which goes with the process. */
export const newFolder = () => mkdtempSync(join(root, 'run-'));

/** A record without what the clock and the machine's memory decide. */
export function numbersOf(record: TrainRecord): Partial<TrainRecord> {
  const { seconds_per_step, peak_share, peak_flops_per_second, peak_memory_bytes, started, ...numbers } = record;
  return numbers as Partial<TrainRecord>;
}

import { fail } from '../base/index.js';
import { type Checkpoint, loadCheckpoint, type Snapshot, saveCheckpoint } from './checkpoint.js';
import type { TrainingData } from './data.js';
import { type Batches, type BatchPosition, createBatches } from './data-batches.js';
import type { Engine } from './engine.js';
import { type History, startHistory } from './loop.js';
import type { Machine } from './machine.js';
import type { RunFolder } from './run-folder.js';
import type { Identity, Settings } from './settings.js';

/** All that a run is made of. */
export interface Course {
  readonly name: string | undefined;
  readonly identity: Identity;
  readonly settings: Settings;
  readonly data: TrainingData;
  readonly machine: Machine;
  readonly engine: Engine;
  readonly started: string;
  /** Decides the batches. */
  readonly dataSeed: number;
  readonly folder: RunFolder | undefined;
}

/** Where a run stands, beside what the engine holds. */
export interface Standing {
  history: History;
  batches: Batches;
  /** Stops that have their record. */
  finished: number;
  /** On a branch that is not the last: where the trunk goes on. */
  trunk: Snapshot | undefined;
}

/** At the newest checkpoint of the run's folder, or at the start. */
export async function findStanding(course: Course, onNote?: (line: string) => void): Promise<Standing> {
  const { folder, identity, engine, dataSeed } = course;
  const batches = batchesFrom(course, { seed: dataSeed });
  const standing: Standing = { history: startHistory(), batches, finished: 0, trunk: undefined };
  const found = folder && (await loadCheckpoint(folder.path, identity.run, onNote));
  if (!found) return standing;
  if (found.mode !== engine.mode)
    fail(`run ${found.run} must go on in ${found.mode} mode, as it began, got ${engine.mode}; --fresh starts anew`);
  revertTo(found, course, standing);
  return Object.assign(standing, { finished: found.finished, trunk: found.trunk });
}

/** A copy of where the run stands, which later steps leave as it is. */
export function snapshotOf({ engine }: Course, { history, batches }: Standing): Snapshot {
  const { losses, stepSeconds, evaluations, seconds } = history;
  return {
    engine: engine.state(),
    position: batches.position(),
    history: { losses: [...losses], stepSeconds: [...stepSeconds], evaluations: [...evaluations], seconds },
  };
}

export function revertTo({ engine: state, position, history }: Snapshot, course: Course, standing: Standing): void {
  course.engine.restore(state);
  standing.history = history;
  standing.batches = batchesFrom(course, position);
}

const batchesFrom = ({ data, settings: { batch, accumulate } }: Course, from: BatchPosition) =>
  createBatches(data, batch / accumulate, from);

/** Writes where the run stands into its folder. */
export async function saveStanding(folder: RunFolder, course: Course, standing: Standing): Promise<void> {
  const { engine, identity } = course;
  const { finished, trunk } = standing;
  await folder.lock.check();
  const here: Checkpoint = { run: identity.run, mode: engine.mode, finished, ...snapshotOf(course, standing) };
  await saveCheckpoint(folder.path, trunk ? { ...here, trunk } : here);
}

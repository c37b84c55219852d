import { createHash } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { fail, InputError } from '../base/index.js';
import type { Mode } from '../graph/index.js';
import type { BatchPosition } from './data-batches.js';
import type { EngineState } from './engine.js';
import type { History, LossPoint } from './loop.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.js';
import { writeWhole } from './write-whole.js';

/** Where a run stands: parameters, optimiser, dropout (by the steps in the engine's state), data, and what it has seen. */
export interface Snapshot {
  readonly engine: EngineState;
  readonly position: Required<BatchPosition>;
  readonly history: History;
}

/** All that a crash must not lose. */
export interface Checkpoint extends Snapshot {
  readonly run: string;
  /** What made the numbers: another mode would make others. */
  readonly mode: Mode;
  /** Points that have their record. */
  readonly finished: number;
  /** On a branch: where the trunk goes on from. */
  readonly trunk?: Snapshot;
}

/** The plain part of a checkpoint, and what its numbers add up to. */
interface Head {
  readonly run: string;
  readonly mode: Mode;
  readonly finished: number;
  readonly here: Place;
  readonly trunk?: Place;
}

interface Place {
  readonly steps: number;
  readonly seconds: number;
  readonly position: Required<BatchPosition>;
  readonly evaluations: readonly LossPoint[];
}

const NEWEST = 'checkpoint.safetensors';
const BEFORE = 'checkpoint.previous.safetensors';
const DAMAGED = 'checkpoint.damaged.safetensors';

/** Writes a checkpoint whole; until then the newest stays, and after that it stays as the one before. */
export async function saveCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  await writeWhole(`${folder}/${NEWEST}`, encodeCheckpoint(checkpoint), { keep: `${folder}/${BEFORE}` });
}

export async function removeCheckpoints(folder: string): Promise<void> {
  for (const name of [NEWEST, BEFORE, DAMAGED, `${NEWEST}.tmp`]) await rm(`${folder}/${name}`, { force: true });
}

/**
 * The newest checkpoint of a run that is whole, or none. Where the newest is damaged, the one before it stands in and
 * `onNote` is told; where no checkpoint is whole, or it is of another run, that is refused.
 */
export async function loadCheckpoint(
  folder: string,
  run: string,
  onNote?: (line: string) => void,
): Promise<Checkpoint | undefined> {
  const newest = await tryLoad(`${folder}/${NEWEST}`, run);
  if (newest !== undefined && !(newest instanceof InputError)) return newest;
  const before = await tryLoad(`${folder}/${BEFORE}`, run);
  if (before === undefined) return newest === undefined ? undefined : fail(`${newest.message}; --fresh starts anew`);
  if (before instanceof InputError) return fail(`${(newest ?? before).message}; --fresh starts anew`);
  if (newest !== undefined) {
    await rename(`${folder}/${NEWEST}`, `${folder}/${DAMAGED}`); // or it would take the good one's place at the next save
    onNote?.(`${newest.message}; going on from the checkpoint before it, after step ${before.history.losses.length}`);
  }
  return before;
}

async function tryLoad(file: string, run: string): Promise<Checkpoint | InputError | undefined> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  if (bytes === undefined) return undefined;
  try {
    return decodeCheckpoint(bytes, { file, run });
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

function encodeCheckpoint({ run, mode, finished, trunk, ...here }: Checkpoint): Uint8Array {
  const { losses, stepSeconds } = here.history;
  const tensors = new Map<string, StoredTensor>([
    ['losses', { dims: [losses.length], values: Float64Array.from(losses) }],
    ['step_seconds', { dims: [losses.length], values: Float64Array.from(stepSeconds) }],
    ...prefixed('here/', here.engine),
    ...(trunk ? prefixed('trunk/', trunk.engine) : []),
  ]);
  const head: Head = { run, mode, finished, here: placeOf(here), ...(trunk && { trunk: placeOf(trunk) }) };
  const text = JSON.stringify(head);
  return encodeSafetensors(tensors, { shapelaw: text, sha256: hashOf(text, tensors) });
}

const prefixed = (prefix: string, { tensors }: EngineState) =>
  [...tensors].map(([name, tensor]) => [prefix + name, tensor] as const);

const placeOf = ({ engine, position, history: { seconds, evaluations } }: Snapshot): Place => ({
  steps: engine.steps,
  seconds,
  position,
  evaluations,
});

function hashOf(head: string, tensors: ReadonlyMap<string, StoredTensor>): string {
  const hash = createHash('sha256').update(head);
  for (const name of [...tensors.keys()].sort()) hash.update(`\0${name}\0`).update(tensors.get(name)!.values);
  return hash.digest('hex');
}

function decodeCheckpoint(bytes: Uint8Array, { file, run }: { file: string; run: string }): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const { shapelaw: text, sha256 } = metadata;
  if (text === undefined) fail(`${file} must be a checkpoint of the trainer, got a file of other tensors`);
  if (hashOf(text, tensors) !== sha256) fail(`${file} must be whole, got another checksum than it was written with`);
  const head = JSON.parse(text) as Head;
  if (head.run !== run) fail(`${file} must be of run ${run}, got run ${head.run}`);
  const column = (name: string) => Array.from(tensors.get(name)!.values);
  const all = { losses: column('losses'), stepSeconds: column('step_seconds') };
  const snapshot = (prefix: string, { steps, seconds, position, evaluations }: Place): Snapshot => ({
    engine: { steps, tensors: stripped(prefix, tensors) },
    position,
    history: {
      losses: all.losses.slice(0, steps),
      stepSeconds: all.stepSeconds.slice(0, steps),
      evaluations: [...evaluations],
      seconds,
    },
  });
  const { mode, finished, here, trunk } = head;
  return { run, mode, finished, ...snapshot('here/', here), ...(trunk && { trunk: snapshot('trunk/', trunk) }) };
}

function stripped(prefix: string, tensors: ReadonlyMap<string, StoredTensor>): EngineState['tensors'] {
  return new Map(
    [...tensors]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, { dims, values }]) => [name.slice(prefix.length), { dims, values: values as Float32Array }]),
  );
}

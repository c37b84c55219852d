import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { fail, shown } from '../base/index.js';
import { appendRecord, loadRecords } from '../runs/index.js';
import { type FolderLock, type LockOptions, lockFolder } from './lock.js';
import type { TrainRecord } from './record.js';
import { decodeSafetensors, encodeSafetensors } from './safetensors.js';
import { firstDifference, type Identity } from './settings.js';
import { writeWhole } from './write-whole.js';

// A run's folder:
//   run.json                    what decides its numbers
//   records.jsonl               a line for each point that is reached
//   model-STEPS.safetensors     the parameters there
//   checkpoint*.safetensors     the newest two while the run is not finished
//   lock                        while a process is at work in it

export type Params = ReadonlyMap<string, Float32Array>;

export interface RunFolder {
  readonly path: string;
  readonly lock: FolderLock;
  /** When the run began, in whichever process; ISO 8601. */
  readonly started: string;
  loadRecords(): Promise<readonly TrainRecord[]>;
  /** Parameters first, then the record: a record that is there has its parameters. The second time nothing happens. */
  saveRecord(record: TrainRecord, params: Params | undefined): Promise<void>;
  loadParams(steps: number): Promise<Params>;
}

export interface FolderOptions extends LockOptions {
  /** Removes what the same run left. */
  readonly fresh?: boolean;
}

/** Opens or makes the folder of one run and locks it. A folder of another run is refused, and left as it is. */
export async function openRunFolder(path: string, identity: Identity, options: FolderOptions = {}): Promise<RunFolder> {
  await mkdir(path, { recursive: true });
  const lock = await lockFolder(path, options);
  try {
    await checkIdentity(path, identity);
    if (options.fresh) await removeRun(path);
    return folderAt(path, { lock, started: await startOf(path, identity) });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function folderAt(path: string, opened: Pick<RunFolder, 'lock' | 'started'>): RunFolder {
  const file = `${path}/records.jsonl`;
  const load = async () => (existsSync(file) ? ((await loadRecords(file)).records as readonly TrainRecord[]) : []);
  return {
    path,
    ...opened,
    loadRecords: load,
    saveRecord: async (record, params) => {
      await opened.lock.check();
      if ((await load()).some(({ planned_steps: planned }) => planned === record.planned_steps)) return;
      if (params) await writeWhole(modelFile(path, record.steps), encodeParams(params));
      await appendRecord(file, record);
    },
    loadParams: async steps => {
      const model = modelFile(path, steps);
      const { tensors } = decodeSafetensors(await readFile(model), model);
      return new Map([...tensors].map(([name, { values }]) => [name, values as Float32Array]));
    },
  };
}

const modelFile = (path: string, steps: number) => `${path}/model-${steps}.safetensors`;

/** Flat, as the engine gives them; the shape says their dims. */
const encodeParams = (params: Params) =>
  encodeSafetensors(new Map([...params].map(([name, values]) => [name, { dims: [values.length], values }])));

interface RunFile {
  readonly run: string;
  readonly started: string;
  readonly decides: unknown;
}

async function checkIdentity(path: string, { run, decides }: Identity): Promise<void> {
  const there = await loadRunFile(path);
  if (there === undefined || there.run === run) return;
  const difference = firstDifference(decides, there.decides);
  fail(`${path} must hold run ${run}, got run ${there.run} with ${difference ?? 'other settings'}`);
}

async function startOf(path: string, { run, decides }: Identity): Promise<string> {
  const there = await loadRunFile(path);
  if (there) return there.started;
  const made: RunFile = { run, started: new Date().toISOString(), decides };
  await writeWhole(`${path}/run.json`, `${JSON.stringify(made, null, 2)}\n`);
  return made.started;
}

async function loadRunFile(path: string): Promise<RunFile | undefined> {
  const file = `${path}/run.json`;
  if (!existsSync(file)) return undefined;
  const text = await readFile(file, 'utf8');
  try {
    const found = JSON.parse(text) as RunFile;
    if (typeof found.run === 'string' && typeof found.started === 'string') return found;
  } catch {}
  return fail(`${file} must say what run this is, got ${shown(text)}`);
}

const OURS = /^(run\.json|records\.jsonl|model-\d+\.safetensors|checkpoint[.a-z]*)(\.tmp)?$/;

async function removeRun(path: string): Promise<void> {
  for (const name of await readdir(path)) if (OURS.test(name)) await rm(`${path}/${name}`);
}

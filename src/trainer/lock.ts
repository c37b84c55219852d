import { randomUUID } from 'node:crypto';
import { constants, readFileSync, readlinkSync } from 'node:fs';
import { copyFile, link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, shown } from '../base/index.js';

// One process a folder, also after kill -9 and on a file system that machines share. The lock is a file made by link(2),
// which one of many takers wins. Its owner is dead where the same machine says so by pid and start time. Of an owner on
// another machine only signs of life are known: it touches the file every few seconds.

export interface FolderLock {
  /** To be called often: gives a sign of life now and then; refuses when another process took the folder over. */
  beat(): Promise<void>;
  /** Refuses when another process took the folder over. */
  check(): Promise<void>;
  release(): Promise<void>;
}

export interface LockOptions {
  /** How long a living owner is waited for before it is refused. Default 0. */
  readonly waitSeconds?: number;
  /** How long an owner on another machine is watched for a sign of life. Default 120 s, many beats. */
  readonly watchSeconds?: number;
  readonly onNote?: (line: string) => void;
}

interface Owner {
  readonly host: string;
  /** Within which `pid` means one process: a boot of a machine and a name space of process ids. */
  readonly realm: string;
  readonly pid: number;
  /** Clock ticks from boot to the start of the process; null where the system does not say. */
  readonly born: string | null;
  readonly token: string;
  /** A Slurm job, and how often it was started: a job that starts again has no earlier self. */
  readonly job: string | null;
  readonly restart: number;
}

const BEAT_SECONDS = 5;
/** An owner on another machine that was silent for so long is dead, whatever the two clocks say. */
const SILENT_SECONDS = 600;
const NO_LINKS = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'];

/** Takes the folder for this process, or refuses in one line while another one has it. */
export async function lockFolder(folder: string, options: LockOptions = {}): Promise<FolderLock> {
  const file = `${folder}/lock`;
  const me = describeSelf();
  const draft = `${file}.${me.token}`;
  const until = performance.now() + (options.waitSeconds ?? 0) * 1000;
  await writeFile(draft, JSON.stringify(me));
  try {
    while (!(await tryLink(draft, file)) && !(await takeOver(file, me, { ...options, until })));
  } finally {
    await rm(draft, { force: true });
  }
  return holdLock(file, me);
}

function holdLock(file: string, me: Owner): FolderLock {
  let beaten = performance.now();
  const check = async () => {
    const owner = await readOwner(file);
    if (owner?.token !== me.token)
      fail(`${file} must stay that of this process, got ${owner ? shownOwner(owner) : 'none'}: it was taken over`);
  };
  return {
    check,
    beat: async () => {
      if (performance.now() - beaten < BEAT_SECONDS * 1000) return;
      beaten = performance.now();
      await check();
      const now = new Date();
      await utimes(file, now, now).catch(ignoreMissing);
    },
    release: async () => {
      if ((await readOwner(file))?.token === me.token) await rm(file, { force: true });
    },
  };
}

/** Whether `to` was made; where the file system has no links, a copy that overwrites nothing does. */
async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to).catch((error: NodeJS.ErrnoException) => {
      if (NO_LINKS.includes(error.code!)) return copyFile(from, to, constants.COPYFILE_EXCL);
      throw error;
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Puts this process in a dead owner's place, and says whether it did; refuses where the owner lives. One taker at a time
 * passes the gate, and the lock is replaced without a moment in which there is none.
 */
async function takeOver(file: string, me: Owner, options: Taking): Promise<boolean> {
  const owner = await readDead(file, me, options);
  if (owner === undefined) return false;
  const [draft, gate] = [`${file}.${me.token}`, `${file}.gate`];
  if (!(await tryLink(draft, gate))) {
    if (await readDead(gate, me, options)) await rm(gate, { force: true });
    return false;
  }
  try {
    if ((await readOwner(file))?.token !== owner.token) return false;
    await rename(draft, file);
    return true;
  } finally {
    await rm(gate, { force: true });
  }
}

interface Taking extends LockOptions {
  /** When a living owner is refused, on the clock of performance.now. */
  readonly until: number;
}

/** Who wrote a lock, if that process is no more; undefined where there is no lock, or its owner is waited for; else refuses. */
async function readDead(file: string, me: Owner, options: Taking): Promise<Owner | undefined> {
  const owner = await readOwner(file);
  if (owner === undefined || !(await isAlive(file, owner, me, options))) return owner;
  if (performance.now() >= options.until) fail(`${dirname(file)} must be free, got ${shownOwner(owner)} at work in it`);
  await sleep(200);
  return undefined;
}

const shownOwner = ({ host, pid }: Owner) => `process ${pid} on ${host}`;

async function isAlive(file: string, owner: Owner, me: Owner, options: LockOptions): Promise<boolean> {
  if (owner.realm === me.realm) return bornOf(owner.pid) === owner.born && exists(owner.pid);
  if (me.job !== null && owner.job === me.job && owner.restart < me.restart) return false;
  const { watchSeconds = 120, onNote } = options;
  const seen = await lastBeat(file);
  if (seen === undefined || Date.now() - seen > SILENT_SECONDS * 1000) return false;
  onNote?.(`${file} is of ${shownOwner(owner)}: waiting up to ${watchSeconds} s for a sign of life`);
  const end = performance.now() + watchSeconds * 1000;
  while (performance.now() < end) {
    await sleep(Math.min(1000, watchSeconds * 100));
    const now = await lastBeat(file);
    if (now !== seen) return now !== undefined;
  }
  return false;
}

const lastBeat = (file: string) => stat(file).then(({ mtimeMs }) => mtimeMs, ignoreMissing);

async function readOwner(file: string): Promise<Owner | undefined> {
  const text = await readFile(file, 'utf8').catch(ignoreMissing);
  if (text === undefined) return undefined;
  try {
    const owner = JSON.parse(text) as Owner;
    if (typeof owner.token === 'string' && typeof owner.pid === 'number') return owner;
  } catch {}
  return fail(`${file} must be a lock that the trainer wrote, got ${shown(text)}; remove it if no process is at work`);
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function describeSelf(): Owner {
  return {
    host: hostname(),
    realm: [hostname(), readText('/proc/sys/kernel/random/boot_id'), readNamespace()].join(' '),
    pid: process.pid,
    born: bornOf(process.pid),
    token: randomUUID(),
    job: process.env.SLURM_JOB_ID ?? null,
    restart: Number(process.env.SLURM_RESTART_COUNT ?? 0),
  };
}

/**
 * When a process began, or null: fields 3 (state) and 22 of /proc/PID/stat, whose field 2 may hold spaces and brackets.
 * A zombie has ended. Source: proc_pid_stat(5).
 */
function bornOf(pid: number): string | null {
  const fields = readText(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ');
  return fields === undefined || 'ZX'.includes(fields[0]) ? null : fields[19];
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function readNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

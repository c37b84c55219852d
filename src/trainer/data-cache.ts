import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, hostname } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.js';

// What takes seconds to make from text is kept on disk. A file is a safetensors file with its SHA-256 behind it. It is
// there whole or not at all, so any number of processes may start at once; what is damaged is made anew.

export interface Kept {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The folder set-up keeps built things in: XDG's cache folder, which must be absolute to count. */
export function cacheFolder({ XDG_CACHE_HOME: xdg }: NodeJS.ProcessEnv = process.env): string {
  return join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'shapelaw');
}

/** Raised when the same text and settings come to give other documents, splits, merges or ids. */
export const CACHE_VERSION = 1;

export interface CacheOptions {
  /** Default: cacheFolder(); null keeps nothing. */
  readonly cache?: string | null;
}

/**
 * What `make` gives, from the cache where it is there. A disk that cannot be written is no error.
 *
 * @param name begins the file's name
 * @param decides all that the result depends on
 */
export function keep(name: string, decides: readonly unknown[], make: () => Kept, { cache }: CacheOptions = {}): Kept {
  if (cache === null) return make();
  const folder = join(cache ?? cacheFolder(), 'data');
  const key = sha256(Buffer.from(JSON.stringify([CACHE_VERSION, ...decides]))).toString('hex');
  const file = join(folder, `${name}-${key.slice(0, 24)}`);
  const kept = readKept(file);
  if (kept) return kept;
  const made = make();
  writeKept(folder, file, made);
  return made;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const DIGEST_BYTES = 32;

function readKept(file: string): Kept | undefined {
  try {
    const bytes = readFileSync(file);
    const body = bytes.subarray(0, -DIGEST_BYTES);
    return sha256(body).equals(bytes.subarray(-DIGEST_BYTES)) ? decodeSafetensors(body, file) : undefined;
  } catch {
    return undefined;
  }
}

/** Written beside its place and renamed. Where the disk is full or read-only, nothing is kept. */
function writeKept(folder: string, file: string, { tensors, metadata }: Kept): void {
  const body = encodeSafetensors(tensors, metadata);
  try {
    mkdirSync(folder, { recursive: true });
    const mark = `.partial-${hostname()}-`;
    for (const name of readdirSync(folder))
      if (name.startsWith(mark) && !isAlive(Number(name.slice(mark.length)))) rmSync(join(folder, name));
    const partial = join(folder, `${mark}${process.pid}`);
    try {
      writeWhole(partial, Buffer.concat([body, sha256(body)]));
      renameSync(partial, file);
    } finally {
      rmSync(partial, { force: true });
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
  }
}

function writeWhole(file: string, bytes: Uint8Array): void {
  const handle = openSync(file, 'w');
  try {
    writeFileSync(handle, bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

// Folders that are there whole or not at all, and a lock that one process holds.
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { onStop } from './run.mjs';
import { say } from './say.mjs';

const MARK = `partial-${hostname()}-`;

/** The folder `target`, filled by `fill(partial)` unless it is there. A rename ends the work, so a half is never seen. */
export async function haveFolder(target, fill) {
  if (existsSync(target)) return target;
  const parent = dirname(target);
  removeAbandoned(parent);
  const partial = join(parent, `${MARK}${process.pid}`);
  const remove = () => rmSync(partial, { recursive: true, force: true });
  const forget = onStop(remove);
  try {
    mkdirSync(partial, { recursive: true });
    await fill(partial);
    renameSync(partial, target);
  } catch (error) {
    if (!existsSync(target)) throw error; // else another process was first, with the same content
  } finally {
    remove();
    forget();
  }
  return target;
}

/** Removes what killed processes of this machine left behind. */
function removeAbandoned(parent) {
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent))
    if (name.startsWith(MARK) && !isAlive(Number(name.slice(MARK.length))))
      rmSync(join(parent, name), { recursive: true, force: true });
}

/** Puts `source` at `target` without a moment in which `target` is half there: a hard link, or a copy across disks. */
export async function place(source, target) {
  const partial = `${target}.${process.pid}`;
  rmSync(partial, { force: true });
  try {
    linkSync(source, partial);
  } catch {
    await copyFile(source, partial);
  }
  rmSync(target, { force: true }); // rename does nothing between two links to one file
  renameSync(partial, target);
}

/** Does `work` while no other process holds the lock; a dead holder's lock is taken over. */
export async function withLock(file, work) {
  for (let tries = 0; !take(file); tries++) {
    if (tries === 3) say(`waiting for another set-up of this folder (if there is none, remove ${file})`);
    await wait(300);
  }
  const release = () => rmSync(file, { force: true });
  const forget = onStop(release);
  try {
    return await work();
  } finally {
    release();
    forget();
  }
}

// A link is there at once with its content, the holder's process id; a file would be empty for a moment.
function take(file) {
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isAlive(holderOf(file))) rmSync(file, { force: true });
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
}

function holderOf(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return process.pid; // released just now: the next try takes it
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file whole or not at all, also through a crash of the machine: beside its place first, forced to disk, then
 * moved there, and the move forced to disk. On failure the old file stays and the system's error is thrown.
 *
 * @param options.keep where the old file is moved, so that the one before the newest stays readable
 */
export async function writeWhole(
  file: string,
  bytes: Uint8Array | string,
  options: { keep?: string } = {},
): Promise<void> {
  const draft = `${file}.tmp`;
  try {
    await writeSynced(draft, bytes);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {}); // gives the space back
    throw error;
  }
  if (options.keep !== undefined) await rename(file, options.keep).catch(ignoreMissing);
  await rename(draft, file);
  await syncFolder(dirname(file));
}

async function writeSynced(file: string, bytes: Uint8Array | string): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Some systems do not open a folder or sync it; the files themselves are safe there. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = mkdtempSync(join(tmpdir(), 'shapelaw-runs-'));
process.once('exit', () => rmSync(root, { recursive: true, force: true }));

/** A path in a new folder of its own, which goes with the process. */
export const temporaryPath = async (name: string) => join(await mkdtemp(join(root, 'x')), name);

/** A new file of that name and content. */
export async function temporaryFile(name: string, content: string | Uint8Array): Promise<string> {
  const file = await temporaryPath(name);
  await writeFile(file, content);
  return file;
}

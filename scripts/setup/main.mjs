// Read this first: what set-up does, in order. Nothing is printed, loaded or locked when nothing is to be done.
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addonPlaces, installAddon, isVerified } from './addon.mjs';
import { withLock } from './cache.mjs';
import { fallbackLine, oneLine, readyLine, skipsTensorflow, wantedDevice } from './decisions.mjs';
import { installPackages, packagesReason } from './packages.mjs';
import { watchSignals } from './run.mjs';
import { say } from './say.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Exit code 1 when the packages cannot be installed. A missing addon is one line and exit code 0, but 1 where one for
 * GPUs was asked for: work must not go on with another unnoticed.
 */
export async function main(root = ROOT, args = process.argv.slice(2)) {
  try {
    const places = addonPlaces(root, wantedDevice(args, process.env));
    if (isDone(places)) return;
    watchSignals();
    await withLock(lockFile(root), () => setUp(places));
  } catch (error) {
    say(oneLine(error.message));
    process.exitCode = 1;
  }
}

const isDone = places => packagesReason(places.root) === null && (skipsTensorflow(process.env) || isVerified(places));

async function setUp(places) {
  const { root, device } = places;
  const reason = packagesReason(root); // asked again: another set-up may have done it while we waited
  if (reason) await installPackages(root, reason);
  if (skipsTensorflow(process.env) || isVerified(places)) return;
  try {
    say(readyLine(device, await installAddon(places)));
  } catch (error) {
    say(fallbackLine(error.message));
    if (device === 'gpu') process.exitCode = 1;
  }
}

// Not in the folder itself: node_modules comes and goes, and nothing else there is ours to litter.
const lockFile = root =>
  join(tmpdir(), `shapelaw-setup-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`);

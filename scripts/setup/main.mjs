// Read this first: what set-up does, in order. Nothing is printed, loaded or locked when nothing is to be done.
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addonPlaces, installAddon, isVerified } from './addon.mjs';
import { withLock } from './cache.mjs';
import { fallbackLine, oneLine, skipsTensorflow } from './decisions.mjs';
import { installPackages, packagesReason } from './packages.mjs';
import { watchSignals } from './run.mjs';
import { say } from './say.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Exit code 1 when the packages cannot be installed; a missing addon is one line and exit code 0. */
export async function main(root = ROOT) {
  try {
    if (isDone(root)) return;
    watchSignals();
    await withLock(lockFile(root), () => setUp(root));
  } catch (error) {
    say(oneLine(error.message));
    process.exitCode = 1;
  }
}

const isDone = root => packagesReason(root) === null && (skipsTensorflow(process.env) || isVerified(addonPlaces(root)));

async function setUp(root) {
  const reason = packagesReason(root); // asked again: another set-up may have done it while we waited
  if (reason) await installPackages(root, reason);
  const places = addonPlaces(root);
  if (skipsTensorflow(process.env) || isVerified(places)) return;
  try {
    await installAddon(places);
    say("TensorFlow's addon is ready: it loads and multiplies");
  } catch (error) {
    say(fallbackLine(error.message));
  }
}

// Not in the folder itself: node_modules comes and goes, and nothing else there is ours to litter.
const lockFile = root =>
  join(tmpdir(), `shapelaw-setup-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`);

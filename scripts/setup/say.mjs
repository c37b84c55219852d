// What set-up prints: lines on stderr, since stdout belongs to the command that follows.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { progressText } from './decisions.mjs';

export const say = line => process.stderr.write(`set-up: ${line}\n`);

/** Seconds since `start` (performance.now), for the end of a line. */
export const since = start => `${((performance.now() - start) / 1000).toFixed(1)} s`;

/**
 * Shows how a folder grows towards `total` bytes: one line that changes on a terminal, a line every five seconds
 * elsewhere. Returns a function that stops it. pip draws its own bar on terminals only, hence this one.
 */
export function watchGrowth(label, folder, total) {
  const terminal = process.stderr.isTTY;
  const show = () => {
    const text = `${label}: ${progressText(bytesIn(folder), total)}`;
    if (terminal) process.stderr.write(`\r\x1b[Kset-up: ${text}`);
    else say(text);
  };
  const timer = setInterval(show, terminal ? 200 : 5000);
  return () => {
    clearInterval(timer);
    if (terminal) process.stderr.write('\r\x1b[K');
  };
}

/** Bytes of all files in a folder; files come and go while a download runs. */
function bytesIn(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .map(entry => join(folder, entry.name))
      .reduce((sum, path) => sum + (statSync(path).isDirectory() ? bytesIn(path) : statSync(path).size), 0);
  } catch {
    return 0;
  }
}

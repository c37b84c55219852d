import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';

const cache = mkdtempSync(join(tmpdir(), 'shapelaw-cache-'));
test.after.always(() => rmSync(cache, { recursive: true }));

test('keep() in eight processes at once, while the file comes and goes, always gives the same', async t => {
  const script = new URL('data-cache-child.ts', import.meta.url).pathname;
  const run = () =>
    promisify(execFile)(process.execPath, ['--import', './register.mjs', script, cache], {
      cwd: new URL('../..', import.meta.url),
    });
  const outputs = await Promise.all(Array.from({ length: 8 }, run));
  t.deepEqual(
    outputs.map(({ stdout }) => stdout),
    new Array(8).fill(`${50 * 7e5}\n`),
  );
  const names = readdirSync(join(cache, 'data'));
  t.is(names.length, 1);
  t.regex(names[0], /^test-/);
});

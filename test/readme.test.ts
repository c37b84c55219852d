import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';

const root = fileURLToPath(new URL('..', import.meta.url));

test("the README's first example prints what the README says", async t => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const [, code] = /```ts\n([\s\S]*?)```/.exec(readme)!;
  const [, printed] = /```text\n([\s\S]*?)```/.exec(readme)!;
  const folder = await mkdtemp(join(root, 'test', '.readme-'));
  t.teardown(() => import('node:fs/promises').then(fs => fs.rm(folder, { recursive: true })));
  const file = join(folder, 'example.ts');
  const local = code.replace("'shapelaw'", "'../../src/index.js'").replace("'shapelaw/node'", "'../../src/node.js'");
  await writeFile(file, local);
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', './register.mjs', file], { cwd: root });
  t.is(stdout, printed);
});

test('every file the README points at exists', async t => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const files = [...readme.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, file]) => file);
  t.true(files.length > 0);
  for (const file of files) t.true(existsSync(join(root, file)), file);
});

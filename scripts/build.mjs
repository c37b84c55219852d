// Builds dist/ from src/: JavaScript, type declarations, and the files that are no TypeScript.
// Usage: node scripts/build.mjs [FOLDER OF THE PACKAGE]
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));
const [src, dist] = [join(root, 'src'), join(root, 'dist')];

if (!existsSync(src) || !existsSync(join(root, 'tsconfig.build.json'))) {
  console.error(`build: ${root} must hold src and tsconfig.build.json`);
  process.exit(2);
}
rmSync(dist, { recursive: true, force: true }); // what src no longer has must not be published
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

cpSync(src, dist, { recursive: true, filter: path => statSync(path).isDirectory() || !path.endsWith('.ts') });

const command = join(dist, 'cli', 'main.js');
if (existsSync(command)) {
  const text = readFileSync(command, 'utf8');
  if (!text.startsWith('#!')) writeFileSync(command, `#!/usr/bin/env node\n${text}`);
  chmodSync(command, 0o755);
}

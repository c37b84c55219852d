import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';

/** A package of two files in a folder of its own, built by the real script with the real settings. */
const build = (cli: string, use: (folder: string, status: number | null, output: string) => void) => {
  const folder = mkdtempSync(join(tmpdir(), 'shapelaw-test-'));
  try {
    for (const name of ['tsconfig.json', 'tsconfig.build.json', 'package.json']) copyFileSync(name, join(folder, name));
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    for (const name of ['src/cli', 'dist']) mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, 'dist', 'stale.js'), '');
    writeFileSync(join(folder, 'src', 'page.css'), 'p {}');
    writeFileSync(join(folder, 'src', 'cli', 'main.ts'), cli);
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/build.mjs', folder], { encoding: 'utf8' });
    use(folder, status, stdout + stderr);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

test('build makes a command that runs by itself, keeps other files and drops stale ones', t => {
  build('export const answer: number = 42;\nconsole.log(answer);\n', (folder, status, output) => {
    t.is(status, 0, output);
    const command = join(folder, 'dist', 'cli', 'main.js');
    accessSync(command, constants.X_OK);
    t.is(spawnSync(command, { encoding: 'utf8' }).stdout, '42\n');
    t.regex(readFileSync(join(folder, 'dist', 'cli', 'main.d.ts'), 'utf8'), /answer: number/);
    t.true(existsSync(join(folder, 'dist', 'page.css')));
    t.false(existsSync(join(folder, 'dist', 'stale.js')));
  });
});

test('build fails on a type error and leaves no output', t => {
  build("export const answer: number = 'forty-two';\n", (folder, status, output) => {
    t.not(status, 0);
    t.regex(output, /main\.ts\(1,14\).*TS2322/);
    t.false(existsSync(join(folder, 'dist')));
  });
});

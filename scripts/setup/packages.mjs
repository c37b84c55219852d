// npm's packages: installed again when they are not the locked ones.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmFailure, whyReinstall } from './decisions.mjs';
import { run } from './run.mjs';
import { say, since } from './say.mjs';

/** Why node_modules does not hold what package-lock.json says, or null. */
export function packagesReason(root) {
  const locked = lockedPackages(root);
  const exists = path => existsSync(join(root, path, 'package.json'));
  return whyReinstall(locked, installedPackages(root), { platform: process.platform, arch: process.arch, exists });
}

function lockedPackages(root) {
  try {
    return JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  } catch (error) {
    throw new Error(`package-lock.json must be readable JSON, got ${error.message}`);
  }
}

// npm writes this list last, so a killed install leaves none.
function installedPackages(root) {
  try {
    return JSON.parse(readFileSync(join(root, 'node_modules', '.package-lock.json'), 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

/** Runs npm ci. Throws npm's failure as one line. */
export async function installPackages(root, reason) {
  const start = performance.now();
  say(`npm ci, since ${reason}`);
  const [command, args] = npm();
  const options = ['ci', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  const { code, output } = await run(command, [...args, ...options], { cwd: root, seconds: 1800 });
  if (code === 'ENOENT') throw new Error('npm is missing');
  if (code !== 0) throw new Error(npmFailure(output));
  say(`npm ci took ${since(start)}`);
}

// Under npm run, its own script; Windows starts npm.cmd through the command interpreter only.
function npm() {
  const script = process.env.npm_execpath;
  if (script?.endsWith('npm-cli.js')) return [process.execPath, [script]];
  return process.platform === 'win32' ? ['cmd.exe', ['/c', 'npm']] : ['npm', []];
}

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import {
  cacheFolder,
  checkHash,
  fallbackLine,
  type LockedPackage,
  npmFailure,
  oneLine,
  pipFailure,
  progressText,
  readyLine,
  skipsTensorflow,
  wantedDevice,
  whyReinstall,
} from '../../scripts/setup/decisions.mjs';

const LOCKED: Record<string, LockedPackage> = {
  '': {},
  'node_modules/ava': { version: '7.0.0', integrity: 'sha512-a' },
  'node_modules/@scope/odd': { version: '1.2.3', integrity: 'sha512-b', optional: true },
  'node_modules/ava/node_modules/tiny': { version: '0.1.0' },
  'node_modules/esbuild-sunos': { version: '2.0.0', optional: true, os: ['sunos'], cpu: ['x64'] },
};
const { 'node_modules/esbuild-sunos': _, ...INSTALLED } = LOCKED;

const reason = (installed: Record<string, LockedPackage>, gone = '') =>
  whyReinstall(LOCKED, installed, { platform: 'linux', arch: 'x64', exists: path => path !== gone });
const without = (path: string) => Object.fromEntries(Object.entries(INSTALLED).filter(([name]) => name !== path));

test('whyReinstall() finds none when all is there but a package for another system', t => {
  t.is(reason(INSTALLED), null);
});

test('whyReinstall() lets a package too many be', t => {
  t.is(reason({ ...INSTALLED, 'node_modules/extra': { version: '1.0.0' } }), null);
});

test('whyReinstall() names the package that is missing, optional ones included', t => {
  t.is(reason(without('node_modules/ava/node_modules/tiny')), 'tiny 0.1.0 is missing');
  t.is(reason(without('node_modules/@scope/odd')), '@scope/odd 1.2.3 is missing');
});

test('whyReinstall() wants the optional package of this very system', t => {
  const needed = whyReinstall(LOCKED, INSTALLED, { platform: 'sunos', arch: 'x64', exists: () => true });
  t.is(needed, 'esbuild-sunos 2.0.0 is missing');
});

test('whyReinstall() sees a folder that was removed by hand', t => {
  t.is(reason(INSTALLED, 'node_modules/ava'), 'ava 7.0.0 is missing');
});

test('whyReinstall() names another version and another file of the same version', t => {
  t.is(
    reason({ ...INSTALLED, 'node_modules/ava': { version: '6.9.0', integrity: 'sha512-z' } }),
    'ava must be 7.0.0, got 6.9.0',
  );
  t.is(
    reason({ ...INSTALLED, 'node_modules/ava': { version: '7.0.0', integrity: 'sha512-z' } }),
    'ava 7.0.0 is not the locked file',
  );
});

test('whyReinstall() calls an install without a list half done', t => {
  t.is(reason({}), 'node_modules is missing or was left half installed');
});

const withFolder = async (use: (folder: string) => Promise<void> | void) => {
  const folder = mkdtempSync(join(tmpdir(), 'shapelaw-test-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

// Reference: FIPS 180-2, appendix B.1, SHA-256 of the three letters abc.
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

test('checkHash(file, sha256) passes the right file and refuses one with a single other byte', t =>
  withFolder(async folder => {
    writeFileSync(join(folder, 'right'), 'abc');
    writeFileSync(join(folder, 'wrong'), 'abd');
    await t.notThrowsAsync(checkHash(join(folder, 'right'), ABC));
    await t.throwsAsync(checkHash(join(folder, 'wrong'), ABC), {
      message: 'sha256 of wrong must begin with ba7816bf8f01cfea, got a52d159f262b2c6d',
    });
  }));

test('fallbackLine(reason) is one line that names what is missing, what still works and how to skip it', t => {
  const line = fallbackLine('a C++ compiler\nis missing (g++)');
  t.notRegex(line, /\n/);
  for (const part of ['a C++ compiler is missing (g++)', 'all else works', 'SHAPELAW_NO_TENSORFLOW=1'])
    t.true(line.includes(part), part);
});

test('npmFailure(output) keeps the code and the first sentence', t => {
  const output = [
    'npm error code EUSAGE',
    'npm error',
    'npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync.',
    'npm error Missing: chalk@5.0.0 from lock file',
    'npm error A complete log of this run can be found in: /home/me/.npm/_logs/1.log',
  ].join('\n');
  t.is(
    npmFailure(output),
    'npm ci failed: EUSAGE, `npm ci` can only install packages when your package.json and package-lock.json are in sync.',
  );
});

test('pipFailure(output) tells an index out of reach from other errors', t => {
  t.regex(pipFailure('WARNING: Retrying (Retry(total=1)) after connection broken\nERROR: no'), /does not reach/);
  t.is(pipFailure('Collecting\nERROR: No space left on device\n'), 'ERROR: No space left on device');
});

test('oneLine(text) drops addresses and ends at 200 characters', t => {
  t.is(oneLine('request to\n https://host.example/x failed'), 'request to (address) failed');
  t.is(oneLine('x'.repeat(500)).length, 200);
});

test('cacheFolder(env, home) follows XDG_CACHE_HOME when it is absolute', t => {
  t.is(cacheFolder({ XDG_CACHE_HOME: '/fast' }, '/home/me'), join('/fast', 'shapelaw'));
  for (const XDG_CACHE_HOME of [undefined, '', 'relative'])
    t.is(cacheFolder({ XDG_CACHE_HOME }, '/home/me'), join('/home/me', '.cache', 'shapelaw'));
});

test('skipsTensorflow(env) obeys SHAPELAW_NO_TENSORFLOW, where empty and 0 mean no', t => {
  const answer = (SHAPELAW_NO_TENSORFLOW?: string) => skipsTensorflow({ SHAPELAW_NO_TENSORFLOW });
  t.deepEqual([undefined, '', '0', '1', 'yes'].map(answer), [false, false, false, true, true]);
});

test('wantedDevice(args, env) is gpu with --gpu or SHAPELAW_GPU, else cpu, and refuses other options', t => {
  const answer = (args: string[], SHAPELAW_GPU?: string) => wantedDevice(args, { SHAPELAW_GPU });
  t.deepEqual([answer([]), answer([], '0'), answer([], '')], ['cpu', 'cpu', 'cpu']);
  t.deepEqual([answer(['--gpu']), answer([], '1'), answer(['--gpu'], '0')], ['gpu', 'gpu', 'gpu']);
  t.throws(() => answer(['--gpus']), { message: 'option must be --gpu, got --gpus' });
});

test('readyLine(device, seen) says when an addon for GPUs sees none', t => {
  t.notRegex(readyLine('cpu', { gpu: false }), /GPU/);
  t.regex(readyLine('gpu', { gpu: true }), /, on a GPU$/);
  t.regex(readyLine('gpu', { gpu: false }), /sees no GPU and uses the CPU; docs\/gpu\.md/);
});

test('progressText(done, total) never passes 100 %', t => {
  t.deepEqual([progressText(52e6, 208e6), progressText(210e6, 208e6)], ['25 % of 208 MB', '100 % of 208 MB']);
});

/** Runs a few lines against a module of set-up in a process of its own, as a killed or a second set-up would be. */
const inProcess = (code: string, folder: string) =>
  spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    env: { ...process.env, FOLDER: folder },
    encoding: 'utf8',
  });
const CACHE = `
  import { writeFileSync } from 'node:fs';
  import { haveFolder, withLock } from '${new URL('../../scripts/setup/cache.mjs', import.meta.url)}';
  const target = process.env.FOLDER + '/whole';`;

test('haveFolder(target, fill) shows no half when the process is killed, and the next one clears up', t =>
  withFolder(folder => {
    const killed = inProcess(
      `${CACHE} await haveFolder(target, partial => { writeFileSync(partial + '/a', 'x'); process.kill(process.pid, 'SIGKILL'); });`,
      folder,
    );
    t.is(killed.signal, 'SIGKILL');
    t.deepEqual(readdirSync(folder), [`partial-${hostname()}-${killed.pid}`]);
    const next = inProcess(`${CACHE} await haveFolder(target, partial => writeFileSync(partial + '/a', 'x'));`, folder);
    t.is(next.status, 0, next.stderr);
    t.deepEqual(readdirSync(folder, { recursive: true }).sort(), ['whole', join('whole', 'a')]);
  }));

test('haveFolder(target, fill) leaves nothing behind when fill fails, and fills no folder twice', t =>
  withFolder(folder => {
    t.not(inProcess(`${CACHE} await haveFolder(target, () => { throw new Error('no') });`, folder).status, 0);
    t.deepEqual(readdirSync(folder), []);
    mkdirSync(join(folder, 'whole'));
    t.is(inProcess(`${CACHE} await haveFolder(target, () => { throw new Error('no') });`, folder).status, 0);
  }));

test('withLock(file, work) takes over the lock of a process that is dead', t =>
  withFolder(folder => {
    const dead = inProcess('', folder).pid;
    writeFileSync(join(folder, 'lock'), String(dead));
    const next = inProcess(`${CACHE} await withLock(process.env.FOLDER + '/lock', () => console.log('in'));`, folder);
    t.is(next.stdout, 'in\n');
    t.deepEqual(readdirSync(folder), []);
  }));

/** A folder with an addon that multiplied, built for `builtFor`; says for which device it is taken. */
const takenFor = (builtFor: string | undefined, folder: string) =>
  inProcess(
    `
    import { mkdirSync, writeFileSync } from 'node:fs';
    import { addonPlaces, fingerprint, isVerified } from '${new URL('../../scripts/setup/addon.mjs', import.meta.url)}';
    const places = addonPlaces(process.env.FOLDER);
    for (const folder of [places.addon, places.libraries]) mkdirSync(folder, { recursive: true });
    writeFileSync(places.addon + '/tfjs_binding.node', 'addon');
    writeFileSync(places.stamp, fingerprint(places));
    ${builtFor === undefined ? '' : `writeFileSync(places.builtFor, '${builtFor}');`}
    console.log(['cpu', 'gpu'].filter(device => isVerified(addonPlaces(process.env.FOLDER, device))).join());`,
    folder,
  ).stdout;

for (const [builtFor, taken] of [
  [undefined, 'cpu'],
  ['cpu', 'cpu'],
  ['gpu', 'gpu'],
  ['neither', ''],
])
  test(`isVerified(places) takes an addon built for ${builtFor ?? 'no device by name'} for ${taken || 'none'}`, t =>
    withFolder(folder => void t.is(takenFor(builtFor, folder), `${taken}\n`)));

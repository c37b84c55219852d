// The addon built from its C++ sources against the library inside TensorFlow's Python wheel, for Linux on x64.
// What was downloaded and built stays in the cache, so that a reinstall takes a second.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { haveFolder, place } from './cache.mjs';
import { cacheFolder, checkHash, hashFile, oneLine, pipFailure } from './decisions.mjs';
import { answers, run } from './run.mjs';
import { say, since, watchGrowth } from './say.mjs';

/** TensorFlow 2.15.1 for Python 3.11, without and with CUDA. */
const WHEELS = {
  cpu: {
    requirement: 'tensorflow-cpu==2.15.1',
    sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
    bytes: 207_208_420,
  },
  gpu: {
    requirement: 'tensorflow==2.15.1',
    sha256: 'bb0edd69103c154245c5f209f0507355cc68ba7e4de350084bc31edc562478e4',
    bytes: 475_258_663,
  },
};
const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
const HEADERS = ['tensorflow/c/', 'tensorflow/core/platform/', 'tsl/c/', 'tsl/platform/'];
const SOURCES = ['tfjs_backend.cc', 'tfjs_binding.cc'];
const FLAGS = ['-std=c++17', '-O2', '-shared', '-fPIC', '-DNAPI_VERSION=8', '-DBUILDING_NODE_EXTENSION'];

const cached = name => join(cacheFolder(process.env, homedir()), name);
const libraryFolder = ({ sha256 }) => cached(`tensorflow-${sha256.slice(0, 12)}`);

/** A new source, header, flag or wheel is another addon. */
function addonFolder({ root, home }, { sha256 }) {
  const hash = createHash('sha256').update([sha256, headerVersion(root), ...FLAGS].join(' '));
  const binding = join(home, 'binding');
  for (const name of readdirSync(binding).sort()) hash.update(name).update(readFileSync(join(binding, name)));
  return cached(`addon-${hash.digest('hex').slice(0, 12)}`);
}

function headerVersion(root) {
  const description = join(root, 'node_modules', 'node-api-headers', 'package.json');
  return existsSync(description) ? JSON.parse(readFileSync(description, 'utf8')).version : '';
}

/** True when nothing needs a download or a compiler. */
export const wheelIsCached = places =>
  existsSync(libraryFolder(WHEELS[places.device])) && existsSync(addonFolder(places, WHEELS[places.device]));

/**
 * Puts addon and libraries where the package looks for them.
 * Returns a repair: it drops what may be damaged in the cache, and tells whether there was anything to drop.
 */
export async function assembleFromWheel(places) {
  const wheel = WHEELS[places.device];
  const [built, libraries] = [addonFolder(places, wheel), libraryFolder(wheel)];
  const reused = existsSync(built);
  if (!reused) await needCompiler();
  await haveFolder(libraries, partial => fetchLibraries(wheel, partial));
  await haveFolder(built, partial => compile(places, libraries, partial));
  for (const folder of [places.addon, places.libraries]) mkdirSync(folder, { recursive: true });
  writeFileSync(places.builtFor, 'neither'); // what a kill would leave, half of each
  for (const name of LIBRARIES) await place(join(libraries, name), join(places.libraries, name));
  await place(join(built, 'tfjs_binding.node'), join(places.addon, 'tfjs_binding.node'));
  linkCuda(places);
  writeFileSync(places.builtFor, places.device);
  return async () => {
    if (reused) rmSync(built, { recursive: true, force: true }); // built on a machine with other system libraries?
    const whole = await isWhole(libraries);
    if (!whole) rmSync(libraries, { recursive: true, force: true });
    return reused || !whole;
  };
}

/** The library looks for CUDA's there, then where the system's loader looks; so pip can provide them: docs/gpu.md. */
function linkCuda({ libraries, device }) {
  const link = join(libraries, '..', 'nvidia');
  rmSync(link, { force: true });
  if (device === 'gpu') symlinkSync(cached(join('cuda-12.2', 'nvidia')), link);
}

const compiler = () => process.env.CXX || 'g++';

async function needCompiler() {
  if (!(await answers(compiler()))) throw new Error(`a C++ compiler is missing (${compiler()})`);
}

/** Fills the folder with the two libraries, the C headers and the libraries' hashes. */
async function fetchLibraries(wheel, folder) {
  if (!(await answers('python3', ['-m', 'pip', '--version'])))
    throw new Error('Python 3 with pip is missing (python3 -m pip)');
  const start = performance.now();
  const file = await download(wheel, join(folder, 'download'));
  await checkHash(file, wheel.sha256);
  await unpack(file, folder);
  rmSync(join(folder, 'download'), { recursive: true });
  const files = LIBRARIES.map(name => join(folder, name));
  await run('strip', ['--strip-unneeded', ...files]); // 150 MB less; without the tool they stay as they are
  writeFileSync(join(folder, 'sha256'), (await hashes(folder)).join('\n'));
  say(`TensorFlow's library: downloaded and unpacked in ${since(start)}`);
}

async function download({ requirement, bytes }, folder) {
  mkdirSync(folder);
  say(`TensorFlow's library: pip downloads ${requirement}, ${Math.round(bytes / 1e6)} MB, once`);
  const stop = watchGrowth("TensorFlow's library", folder, bytes);
  // Any Python's pip can fetch a wheel of another version, if told all of its tags.
  const tags =
    '--python-version 3.11 --implementation cp --platform manylinux2014_x86_64 --platform manylinux_2_17_x86_64';
  const quiet = '--no-cache-dir --disable-pip-version-check --no-input --progress-bar off --retries 1 --timeout 15';
  const args = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', ...tags.split(' '), ...quiet.split(' ')];
  const env = { ...process.env, TMPDIR: folder }; // the growing file, where it is watched and cleared away
  const { code, output } = await run('python3', [...args, '-d', folder, requirement], {
    env,
    seconds: 1800,
    group: true,
  });
  stop();
  const name = readdirSync(folder).find(file => file.endsWith('.whl'));
  if (code !== 0 || !name) throw new Error(pipFailure(output));
  return join(folder, name);
}

const UNZIP = `
import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
wheel.extractall(sys.argv[2], [name for name in wheel.namelist() if name.startswith(tuple(sys.argv[3:]))])`;

async function unpack(wheel, folder) {
  const wanted = [...LIBRARIES, ...HEADERS.map(path => `include/${path}`)].map(path => `tensorflow/${path}`);
  const { code, output } = await run('python3', ['-c', UNZIP, wheel, join(folder, 'download'), ...wanted]);
  if (code !== 0) throw new Error(`the wheel does not unpack: ${oneLine(output.trim().split('\n').at(-1))}`);
  for (const name of [...LIBRARIES, 'include'])
    renameSync(join(folder, 'download', 'tensorflow', name), join(folder, name));
}

const hashes = folder => Promise.all(LIBRARIES.map(name => hashFile(join(folder, name))));

async function isWhole(folder) {
  try {
    return readFileSync(join(folder, 'sha256'), 'utf8') === (await hashes(folder)).join('\n');
  } catch {
    return false;
  }
}

async function compile({ root, home }, libraries, folder) {
  const start = performance.now();
  say("TensorFlow's addon: compiling");
  const headers = join(root, 'node_modules', 'node-api-headers', 'include');
  const nodeHeaders = existsSync(headers) ? headers : join(process.execPath, '..', '..', 'include', 'node');
  const args = [
    ...FLAGS,
    ...['-I', nodeHeaders, '-I', join(libraries, 'include'), '-I', home],
    ...SOURCES.map(name => join(home, 'binding', name)),
    ...['-o', join(folder, 'tfjs_binding.node'), '-L', libraries],
    ...LIBRARIES.map(name => `-l:${name}`),
    '-Wl,-rpath,$ORIGIN/../../deps/lib', // where the package itself looks, beside the addon
  ];
  const { code, output } = await run(compiler(), args, { group: true });
  if (code !== 0)
    throw new Error(
      `the addon does not compile: ${oneLine(output.split('\n').find(line => /error/.test(line)) ?? output)}`,
    );
  say(`TensorFlow's addon: compiled in ${since(start)}`);
}

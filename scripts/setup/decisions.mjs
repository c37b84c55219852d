// What set-up decides, apart from the disk and the network. Types for the tests stand in decisions.d.mts.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';

/**
 * Why the installed packages are not the locked ones, or null when they are.
 *
 * `locked` and `installed` are the `packages` of package-lock.json and of node_modules/.package-lock.json. A package
 * for another system may be missing. A package too many is no reason: it hides nothing that the lock promises.
 */
export function whyReinstall(locked, installed, { platform, arch, exists }) {
  if (Object.keys(installed).length === 0) return 'node_modules is missing or was left half installed';
  for (const [path, wanted] of Object.entries(locked)) {
    if (path === '' || wanted.link) continue;
    const found = installed[path];
    if (!found && isForAnotherSystem(wanted, platform, arch)) continue;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (!found || !exists(path)) return `${name} ${wanted.version} is missing`;
    if (found.version !== wanted.version) return `${name} must be ${wanted.version}, got ${found.version}`;
    if (wanted.integrity && found.integrity && found.integrity !== wanted.integrity)
      return `${name} ${wanted.version} is not the locked file`;
  }
  return null;
}

// The C library cannot be told cheaply, so a package that names one may be missing.
function isForAnotherSystem({ optional, os, cpu, libc }, platform, arch) {
  return Boolean(optional && (libc || (os && !os.includes(platform)) || (cpu && !cpu.includes(arch))));
}

/** Refuses a file whose SHA-256 is not the pinned one. */
export async function checkHash(file, expected) {
  const found = await hashFile(file);
  if (found !== expected)
    throw new Error(`sha256 of ${basename(file)} must begin with ${expected.slice(0, 16)}, got ${found.slice(0, 16)}`);
}

/** SHA-256 of a file, in hexadecimal. */
export async function hashFile(file) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}

/** The line for a machine on which no way to the addon led anywhere. */
export const fallbackLine = reason =>
  `TensorFlow's addon is not ready: ${oneLine(reason)}; training waits for it, all else works ` +
  '(SHAPELAW_NO_TENSORFLOW=1 skips this step)';

/** What npm says of a failure, in one line. Its report has the sentence after a line with the code. */
export function npmFailure(output) {
  const lines = output
    .split('\n')
    .filter(line => /^npm (error|ERR!)/.test(line))
    .map(line => line.replace(/^npm (error|ERR!)\s*/, '').trim())
    .filter(line => line !== '' && !/^(A complete log|errno |syscall |path |command )/.test(line));
  const code = lines.find(line => line.startsWith('code '))?.slice('code '.length);
  const sentence = lines.find(line => !line.startsWith('code '));
  return `npm ci failed: ${oneLine([code, sentence].filter(Boolean).join(', ') || output) || 'it said nothing'}`;
}

/** What pip says of a failure, in one line. */
export function pipFailure(output) {
  if (/Retrying \(|from versions: none/.test(output))
    return 'pip does not reach its package index, or it lacks the wheel';
  const lines = output.trim().split('\n');
  return oneLine(lines.findLast(line => line.startsWith('ERROR')) ?? lines.at(-1)) || 'pip said nothing';
}

/** Text on one line of at most 200 characters, without addresses: those belong to the machine, not to the report. */
export function oneLine(text = '') {
  const line = text
    .replace(/\w+:\/\/\S+/g, '(address)')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > 200 ? `${line.slice(0, 197)}...` : line;
}

/** Where built things are kept between clones and reinstalls: XDG's cache folder, which must be absolute to count. */
export const cacheFolder = (env, home) =>
  join(env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : join(home, '.cache'), 'shapelaw');

/** True when the user wants no TensorFlow. */
export const skipsTensorflow = env => isSet(env.SHAPELAW_NO_TENSORFLOW);

/** Of a switch among the environment variables: unset, empty and 0 mean no. */
const isSet = value => !['', '0', undefined].includes(value);

/** The device that the addon is to be built for: 'gpu' with --gpu or SHAPELAW_GPU. Refuses other options. */
export function wantedDevice(args, env) {
  const unknown = args.find(arg => arg !== '--gpu');
  if (unknown !== undefined) throw new Error(`option must be --gpu, got ${unknown}`);
  return args.length > 0 || isSet(env.SHAPELAW_GPU) ? 'gpu' : 'cpu';
}

/** The line for an addon that works. */
export function readyLine(device, seen) {
  const line = "TensorFlow's addon is ready: it loads and multiplies";
  if (device === 'cpu') return line;
  return seen.gpu ? `${line}, on a GPU` : `${line}, but sees no GPU and uses the CPU; docs/gpu.md says what it needs`;
}

/** How far a download is. @example progressText(52e6, 208e6) // => '25 % of 208 MB' */
export const progressText = (done, total) =>
  `${Math.min(100, Math.floor((100 * done) / total))} % of ${Math.round(total / 1e6)} MB`;

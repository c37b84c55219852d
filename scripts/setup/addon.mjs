// TensorFlow's native addon for @tensorflow/tfjs-node: is it there, does it multiply, and the ways to get it.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { oneLine } from './decisions.mjs';
import { run } from './run.mjs';
import { say, since } from './say.mjs';
import { assembleFromWheel, wheelIsCached } from './wheel.mjs';

/** Where the addon and its libraries belong. */
export function addonPlaces(root) {
  const home = join(root, 'node_modules', '@tensorflow', 'tfjs-node');
  return {
    root,
    home,
    addon: join(home, 'lib', 'napi-v8'),
    libraries: join(home, 'deps', 'lib'),
    stamp: join(home, 'lib', 'verified'),
  };
}

/** True when the files are those that multiplied last time: loading TensorFlow at each start would cost a second. */
export function isVerified(places) {
  try {
    return readFileSync(places.stamp, 'utf8') === fingerprint(places);
  } catch {
    return false;
  }
}

/**
 * Gets the addon by the first way that works. Throws one line with what is missing.
 * A way may return a repair: what to do once when its result does not load; true when that changed anything.
 */
export async function installAddon(places) {
  if (!existsSync(places.home)) throw new Error('the package @tensorflow/tfjs-node is not installed');
  const failures = [];
  for (const way of waysFrom(places)) {
    try {
      const repair = await way(places);
      await verify(places).catch(async error => {
        if (!(await repair?.())) throw error;
        await way(places);
        await verify(places);
      });
      writeFileSync(places.stamp, fingerprint(places));
      return;
    } catch (error) {
      failures.push(error.message);
    }
  }
  throw new Error(failures.at(-1));
}

// The last way has the last word, so its failure is the one to tell.
function waysFrom(places) {
  const wheelFits = process.platform === 'linux' && process.arch === 'x64';
  if (!wheelFits) return [asItStands, ownInstaller];
  return wheelIsCached(places) ? [asItStands, assembleFromWheel] : [asItStands, ownInstaller, assembleFromWheel];
}

async function asItStands({ addon }) {
  if (!existsSync(join(addon, 'tfjs_binding.node'))) throw new Error('it is not installed');
}

/** The package's own installer downloads from one host; a second tells whether that host can be reached at all. */
async function ownInstaller({ root, home }) {
  const description = join(home, 'package.json');
  const original = readFileSync(description, 'utf8');
  const proxied = process.env.HTTPS_PROXY ?? process.env.https_proxy;
  if (!proxied && !(await isReachable(downloadAddress(JSON.parse(original)))))
    throw new Error("the package's own installer reaches no host");
  const start = performance.now();
  say("TensorFlow's addon: trying the package's own installer");
  const PATH = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  const result = await run(process.execPath, ['scripts/install.js'], {
    cwd: home,
    env: { ...process.env, PATH },
    seconds: 180,
    group: true,
  });
  writeFileSync(description, original); // the installer edits it, and stops half way when it fails
  if (result.code === 0 && existsSync(join(home, 'lib'))) {
    say(`TensorFlow's addon: installed in ${since(start)}`);
    return;
  }
  for (const folder of ['deps', 'lib']) rmSync(join(home, folder), { recursive: true, force: true });
  throw new Error(`the package's own installer failed: ${oneLine(result.output)}`);
}

const downloadAddress = ({ binary }) =>
  new URL(process.env.TFJS_NODE_CDN_STORAGE ?? process.env.CDN_STORAGE ?? binary.host);

function isReachable({ hostname, port, protocol }) {
  return new Promise(resolve => {
    const socket = connect({ host: hostname, port: Number(port) || (protocol === 'http:' ? 80 : 443) });
    const finish = reached => {
      socket.destroy();
      clearTimeout(timer);
      resolve(reached);
    };
    const timer = setTimeout(finish, 1500, false); // covers the name look-up too
    socket.on('connect', () => finish(true)).on('error', () => finish(false));
  });
}

const MULTIPLY = `
  const tf = require('@tensorflow/tfjs-node');
  const product = tf.matMul([[1, 2], [3, 4]], [[5], [6]]).dataSync();
  process.exit(tf.getBackend() === 'tensorflow' && product[0] === 17 && product[1] === 39 ? 0 : 3);`;

/** Loads and multiplies in a process of its own: a bad library kills the process that loads it. */
async function verify({ root }) {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' };
  const { code, signal, output } = await run(process.execPath, ['-e', MULTIPLY], { cwd: root, env, seconds: 120 });
  if (code === 0) return;
  if (signal === 'SIGILL') throw new Error('this processor lacks instructions that TensorFlow needs (AVX)');
  if (code === 3) throw new Error('the addon loads but multiplies wrongly');
  const told = output.split('\n').find(line => /^\w*Error: /.test(line)) ?? output.trim().split('\n').at(-1);
  throw new Error(`the addon does not load: ${oneLine(told) || signal || `exit code ${code}`}`);
}

function fingerprint({ addon, libraries }) {
  const files = [addon, libraries].flatMap(folder => readdirSync(folder).map(name => join(folder, name)));
  const marks = files
    .map(file => [file, statSync(file)])
    .map(([file, { size, mtimeMs }]) => `${file} ${size} ${mtimeMs}`);
  return [process.version, process.arch, ...marks].join('\n');
}

// TensorFlow's native addon for @tensorflow/tfjs-node: is it there, does it multiply, and the ways to get it.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { oneLine } from './decisions.mjs';
import { run } from './run.mjs';
import { say, since } from './say.mjs';
import { assembleFromWheel, wheelIsCached } from './wheel.mjs';

/** Where the addon and its libraries belong. `device`: the addon that is wanted, 'cpu' or 'gpu'. */
export function addonPlaces(root, device = 'cpu') {
  const home = join(root, 'node_modules', '@tensorflow', 'tfjs-node');
  return {
    root,
    home,
    device,
    addon: join(home, 'lib', 'napi-v8'),
    libraries: join(home, 'deps', 'lib'),
    stamp: join(home, 'lib', 'verified'),
    builtFor: join(home, 'lib', 'built-for'),
  };
}

/** True when the files are those that multiplied last time: loading TensorFlow at each start would cost a second. */
export function isVerified(places) {
  try {
    return deviceThere(places) === places.device && readFileSync(places.stamp, 'utf8') === fingerprint(places);
  } catch {
    return false;
  }
}

/** What the addon that is there was built for; one that came another way has no such file and is the common one. */
const deviceThere = ({ builtFor }) => (existsSync(builtFor) ? readFileSync(builtFor, 'utf8') : 'cpu');

/**
 * Gets the addon by the first way that works, and tells whether it sees a GPU. Throws one line with what is missing.
 * A way may return a repair: what to do once when its result does not load; true when that changed anything.
 */
export async function installAddon(places) {
  if (!existsSync(places.home)) throw new Error('the package @tensorflow/tfjs-node is not installed');
  const failures = [];
  for (const way of waysFrom(places)) {
    try {
      const repair = await way(places);
      const seen = await verify(places).catch(async error => {
        if (!(await repair?.())) throw error;
        await way(places);
        return verify(places);
      });
      writeFileSync(places.stamp, fingerprint(places));
      return seen;
    } catch (error) {
      failures.push(error.message);
    }
  }
  throw new Error(failures.at(-1));
}

// The last way has the last word, so its failure is the one to tell.
function waysFrom(places) {
  const wheelFits = process.platform === 'linux' && process.arch === 'x64';
  if (places.device === 'gpu') {
    if (!wheelFits) throw new Error('the addon for GPUs needs Linux on x64');
    return [asItStands, assembleFromWheel];
  }
  if (!wheelFits) return [asItStands, ownInstaller];
  return wheelIsCached(places) ? [asItStands, assembleFromWheel] : [asItStands, ownInstaller, assembleFromWheel];
}

async function asItStands(places) {
  if (!existsSync(join(places.addon, 'tfjs_binding.node'))) throw new Error('it is not installed');
  const there = deviceThere(places);
  if (there !== places.device) throw new Error(`the one installed must be for ${places.device}, got ${there}`);
}

/** The package's own installer downloads from one host; a second tells whether that host can be reached at all. */
async function ownInstaller(places) {
  const { root, home, builtFor } = places;
  const description = join(home, 'package.json');
  const original = readFileSync(description, 'utf8');
  const proxied = process.env.HTTPS_PROXY ?? process.env.https_proxy;
  if (!proxied && !(await isReachable(downloadAddress(JSON.parse(original)))))
    throw new Error("the package's own installer reaches no host");
  const clear = () => {
    for (const folder of ['deps', 'lib']) rmSync(join(home, folder), { recursive: true, force: true });
  };
  if (deviceThere(places) !== 'cpu') clear();
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
    rmSync(builtFor, { force: true });
    say(`TensorFlow's addon: installed in ${since(start)}`);
    return;
  }
  clear();
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
  if (tf.getBackend() !== 'tensorflow' || product[0] !== 17 || product[1] !== 39) process.exit(3);
  console.log('GPU: ' + tf.backend().isUsingGpuDevice);
  process.exit(0);`;

/** Loads and multiplies in a process of its own: a bad library kills the process that loads it. Tells of a GPU. */
async function verify({ root }) {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' };
  const { code, signal, output } = await run(process.execPath, ['-e', MULTIPLY], { cwd: root, env, seconds: 120 });
  if (code === 0) return { gpu: /^GPU: true$/m.test(output) };
  if (signal === 'SIGILL') throw new Error('this processor lacks instructions that TensorFlow needs (AVX)');
  if (code === 3) throw new Error('the addon loads but multiplies wrongly');
  const told = output.split('\n').find(line => /^\w*Error: /.test(line)) ?? output.trim().split('\n').at(-1);
  throw new Error(`the addon does not load: ${oneLine(told) || signal || `exit code ${code}`}`);
}

/** Of the files that are there: their names, sizes and times. */
export function fingerprint({ addon, libraries }) {
  const files = [addon, libraries].flatMap(folder => readdirSync(folder).map(name => join(folder, name)));
  const marks = files
    .map(file => [file, statSync(file)])
    .map(([file, { size, mtimeMs }]) => `${file} ${size} ${mtimeMs}`);
  return [process.version, process.arch, ...marks].join('\n');
}

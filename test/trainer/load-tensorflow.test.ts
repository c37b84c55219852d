import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';
import { tfTest } from './with-tensorflow.js';

const run = promisify(execFile);
const node = (code: string, ...flags: string[]) =>
  run(process.execPath, ['--import=./register.mjs', ...flags, '--input-type=module', '-e', code]);
const TRAINER = `'${new URL('../../src/trainer/index.ts', import.meta.url)}'`;

test('trainRun() without the addon says in one line what is missing', async t => {
  const code = `import { tensorflowMissing } from ${TRAINER}; console.log(await tensorflowMissing());`;
  const { stdout } = await node(code, '--import=./test/trainer/fixtures/without-addon.mjs');
  t.is(
    stdout,
    "the trainer needs TensorFlow's native addon, which npm run setup builds; got Cannot find package '@tensorflow/tfjs-node'\n",
  );
});

tfTest('importing the trainer loads no TensorFlow, and loading it prints nothing', async t => {
  const code = `
    import { loadTensorflow } from ${TRAINER};
    const before = '_tfengine' in globalThis;
    const { tf } = await loadTensorflow({ threads: 1 });
    tf.ones([2]).add(1).dataSync();
    if (before) console.log('loaded too early');`;
  t.deepEqual(await node(code), { stdout: '', stderr: '' });
});

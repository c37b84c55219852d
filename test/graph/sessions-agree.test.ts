import test, { type ExecutionContext } from 'ava';
import * as g from '../../src/graph/index.js';
import { philox } from '../../src/graph/philox.js';
import { loadTensorflow } from '../../src/trainer/load-tensorflow.js';
import { tfTest } from '../trainer/with-tensorflow.js';
import { buildCase, type Case, drawInputs, dtypeOf, feedsOf, SMOOTH, STEPPED } from './cases.js';
import { difference } from './difference.js';

/** The result of a case from each session: graph, eager on the addon, eager in plain JavaScript. */
async function runEverywhere(graph: g.Graph, feeds: g.Feeds): Promise<g.TypedArray[]> {
  const { tf } = await loadTensorflow();
  tf.enableProdMode(); // or the plain backend greets
  const results: g.TypedArray[] = [];
  for (const [mode, backend] of [
    ['graph', 'tensorflow'],
    ['eager', 'tensorflow'],
    ['eager', 'cpu'],
  ] as const) {
    await tf.setBackend(backend);
    const session = await g.openSession(graph, { mode });
    results.push(session.run(['y'], feeds)[0]);
    session.dispose();
  }
  await tf.setBackend('tensorflow');
  return results;
}

function expected(tf: Awaited<ReturnType<typeof loadTensorflow>>['tf'], one: Case, inputs: readonly g.TypedArray[]) {
  return tf.tidy(() => {
    const tensors = inputs.map((x, i) => tf.tensor(x, [...one.inputs[i].dims], dtypeOf(one.inputs[i])));
    return one.tape(tf, ...tensors).dataSync();
  });
}

for (const one of [...SMOOTH, ...STEPPED])
  tfTest(`${one.title}: both sessions and TensorFlow.js give the same`, async (t: ExecutionContext) => {
    const { tf } = await loadTensorflow();
    const inputs = drawInputs(one, 29);
    const theirs = expected(tf, one, inputs);
    for (const ours of await runEverywhere(buildCase(one), feedsOf(inputs)))
      t.true(difference(ours, theirs) < 1e-6, `${difference(ours, theirs)}`);
  });

tfTest('randomUniform: both sessions give the digits of TensorFlow for one seed, and others for another', async t => {
  const graph = g.createGraph();
  const seed = g.placeholder(graph, 'seed', [2], 'int32');
  g.output(graph, 'y', g.randomUniform(seed, [3, 7]));
  const [whole, ...eager] = await runEverywhere(graph, { seed: Int32Array.of(11, -5) });
  for (const ours of eager) t.deepEqual(ours, whole);
  t.true(whole.every(value => value >= 0 && value < 1));
  const [other] = await runEverywhere(graph, { seed: Int32Array.of(12, -5) });
  t.notDeepEqual(other, whole);
});

for (const dims of [[3, 7], [2, 4], [1]])
  tfTest(`randomMask of [${dims}]: both sessions give the same, and true with its chance`, async t => {
    const graph = g.createGraph();
    const seed = g.placeholder(graph, 'seed', [2], 'int32');
    g.output(graph, 'y', g.cast(g.randomMask(seed, dims, 0.75), 'float32'));
    g.output(graph, 'many', g.mean(g.cast(g.randomMask(seed, [20_001], 0.75), 'float32')));
    g.output(graph, 'all', g.mean(g.cast(g.randomMask(seed, [999], 1), 'float32')));
    const session = await g.openSession(graph);
    for (let first = 0; first < 3; first++) {
      const feeds = { seed: Int32Array.of(first, -5) };
      const [whole, ...eager] = await runEverywhere(graph, feeds);
      for (const ours of eager) t.deepEqual(Array.from(ours), Array.from(whole));
      const [[share], [all]] = session.run(['many', 'all'], feeds);
      t.true(Math.abs(share - 0.75) < 4 * Math.sqrt((0.75 * 0.25) / 20_001));
      t.is(all, 1);
    }
    session.dispose();
  });

// kat_vectors of Random123 1.14 (Salmon et al. 2011): philox4x32, 10 rounds
const KNOWN = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1],
    [2 ** 32 - 1, 2 ** 32 - 1],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
] as const;
test('philox(counter, key) gives the published vectors of Random123', t => {
  for (const [counter, key, words] of KNOWN) t.deepEqual(philox(counter, key), words);
});

/** To nearest, ties to even. */
function bfloat16(x: number): number {
  const [bits] = new Uint32Array(Float32Array.of(x).buffer);
  const rounded = (bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000;
  return new Float32Array(Uint32Array.of(rounded >>> 0).buffer)[0];
}

tfTest('a product in bf16 is of rounded values, and rounded itself', async t => {
  const { inputs, ...one } = SMOOTH.find(({ title }) => title === 'matMul of a and b^T')!;
  const [a, b] = drawInputs({ inputs, ...one }, 23);
  const build = (x: g.Value, w: g.Value) => g.matMul(x, w, { transposeB: true, precision: 'bf16' });
  const exact = Array.from({ length: 15 }, (_, i) => {
    const [row, column] = [Math.floor(i / 3), i % 3];
    const products = Array.from({ length: 7 }, (_, k) => bfloat16(a[row * 7 + k]) * bfloat16(b[column * 7 + k]));
    return bfloat16(products.reduce((sum, value) => sum + value, 0));
  });
  for (const ours of await runEverywhere(buildCase({ inputs, ...one, build }), feedsOf([a, b])))
    t.true(difference(ours, exact) < 1e-6, `${ours} ${exact}`);
});

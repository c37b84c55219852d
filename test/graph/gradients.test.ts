import type { ExecutionContext } from 'ava';
import { createRandom } from '../../src/base/index.js';
import * as g from '../../src/graph/index.js';
import { loadTensorflow } from '../../src/trainer/load-tensorflow.js';
import { type Tf, tfTest } from '../trainer/with-tensorflow.js';
import { buildCase, type Case, drawInputs, dtypeOf, feedsOf, SMOOTH } from './cases.js';
import { difference } from './difference.js';

const weights = (size: number) => {
  const random = createRandom(41);
  return Float32Array.from({ length: size }, () => random.normal());
};

/** Gradients of sum(weights * f(inputs)) with respect to the real inputs, by TensorFlow.js's tape. */
function tapeGradients(tf: Tf, one: Case, inputs: readonly g.TypedArray[]): g.TypedArray[] {
  return tf.tidy(() => {
    const all = inputs.map((x, i) => tf.tensor(x, [...one.inputs[i].dims], dtypeOf(one.inputs[i])));
    const isReal = (_: unknown, i: number) => dtypeOf(one.inputs[i]) === 'float32';
    const loss = (...reals: import('@tensorflow/tfjs-core').Tensor[]) => {
      const rest = [...reals];
      const y = one.tape(tf, ...all.map((x, i) => (isReal(x, i) ? rest.shift()! : x)));
      return tf.sum(tf.mul(y, tf.tensor(weights(y.size), y.shape)));
    };
    return tf
      .grads(loss)(all.filter(isReal))
      .map(gradient => gradient.dataSync() as Float32Array);
  });
}

/** Slopes along random directions: [by our gradient, by central differences]. */
function slopes(session: g.Session, inputs: readonly g.TypedArray[], gradients: readonly g.TypedArray[]): number[][] {
  const random = createRandom(43);
  const reals = inputs.filter(x => x instanceof Float32Array);
  return [1, 2, 3].map(() => {
    const directions = reals.map(x => Float32Array.from(x, () => random.normal() / Math.sqrt(x.length)));
    const lossAt = (step: number) => {
      const moved = inputs.map(x =>
        x instanceof Float32Array ? x.map((value, j) => value + step * directions[reals.indexOf(x)][j]) : x,
      );
      return session.run(['loss'], feedsOf(moved))[0][0];
    };
    const ours = directions.map((d, i) => d.reduce((sum, value, j) => sum + value * gradients[i][j], 0));
    return [ours.reduce((a, b) => a + b, 0), (lossAt(0.01) - lossAt(-0.01)) / 0.02];
  });
}

for (const one of SMOOTH)
  tfTest(`the gradient of ${one.title} is that of the tape and of finite differences`, async (t: ExecutionContext) => {
    const { tf } = await loadTensorflow();
    const inputs = drawInputs(one, 31);
    const graph = buildCase(one, weights);
    const session = await g.openSession(graph);
    const theirs = tapeGradients(tf, one, inputs);
    const ours = session.run(
      theirs.map((_, i) => `d${i}`),
      feedsOf(inputs),
    );
    theirs.forEach(
      (gradient, i) => void t.true(difference(ours[i], gradient) < 2e-6, `d${i} ${difference(ours[i], gradient)}`),
    );
    for (const [analytic, central] of slopes(session, inputs, ours))
      t.true(Math.abs(analytic - central) < 2e-3 * Math.max(1, Math.abs(central)), `${analytic} ${central}`);
    session.dispose();
  });

tfTest('the gradient of a product in bf16 is made of bf16 products, and near that in fp32', async t => {
  const one = SMOOTH.find(({ title }) => title === 'batchMatMul of a^T and b')!;
  const inputs = drawInputs(one, 37);
  const slopesIn = async (mode: g.Mode, precision: g.Precision) => {
    const build = (a: g.Value, b: g.Value) => g.batchMatMul(a, b, { transposeA: true, precision });
    const session = await g.openSession(buildCase({ ...one, build }, weights), { mode });
    const results = session.run(['d0', 'd1'], feedsOf(inputs));
    session.dispose();
    return results;
  };
  const [exact, graph, eager] = [
    await slopesIn('graph', 'fp32'),
    await slopesIn('graph', 'bf16'),
    await slopesIn('eager', 'bf16'),
  ];
  exact.forEach((slope, i) => {
    t.true(difference(graph[i], slope) > 1e-4);
    t.true(difference(graph[i], slope) < 2 ** -6, `${difference(graph[i], slope)}`); // bfloat16 has 8 bits
    t.true(difference(eager[i], graph[i]) < 2 ** -8, `${difference(eager[i], graph[i])}`);
  });
});

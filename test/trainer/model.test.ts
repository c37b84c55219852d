import { readFileSync } from 'node:fs';
import type { Shape } from '../../src/shape/index.js';
import type { Batch } from '../../src/trainer/index.js';
import { initParams, type PlacedTensor, paramTensors } from '../../src/trainer/params.js';
import { NANO } from './nano.js';
import { type Tf, tfTest } from './with-tensorflow.js';

// fixtures/t5_golden.py: logits, loss and gradients of Hugging Face's Flax T5, whose parameters follow a formula
interface Golden {
  readonly shape: Shape;
  readonly loss: number;
  readonly logits: number[];
  readonly gradients: Record<string, { norm: number; projection: number }>;
}
const golden = JSON.parse(readFileSync(new URL('fixtures/t5_golden.json', import.meta.url), 'utf8'));
const goldenBatch = toBatch(golden.encoder, golden.targets);

function toBatch(encoder: number[][], targets: number[][]): Batch {
  const [encLen, decLen] = [encoder[0].length, targets[0].length];
  const flat = (rows: number[][]) => Int32Array.from(rows.flat());
  return { size: encoder.length, encLen, decLen, encoder: flat(encoder), targets: flat(targets) };
}

const scatter = (k: number, order: number) => ((7919 * k * k + 104729 * k + 611953 * order) % 10007) / 10007;

function formula(tensors: readonly PlacedTensor[]): Float32Array {
  const order = tensors.map(tensor => tensor.name).sort();
  const values = new Float32Array(tensors.at(-1)!.to);
  for (const { name, group, from, to } of tensors)
    for (let i = from; i < to; i++)
      values[i] = (group === 'norm' ? 0.5 : -0.5) + scatter(i - from, order.indexOf(name));
  return values;
}

const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
const load = async () => ({
  tf: (await import('@tensorflow/tfjs-node')) as Tf,
  ...(await import('../../src/trainer/tape/model.js')),
});

for (const [name, { shape, loss, logits, gradients }] of Object.entries<Golden>(golden.models)) {
  tfTest(`model (${name}) has the logits and the loss of Hugging Face's T5`, async t => {
    const { tf, createModel } = await load();
    tf.tidy(() => {
      const model = createModel(shape);
      const params = tf.tensor1d(formula(paramTensors(shape)));
      const ours = model.logits(params, goldenBatch).dataSync();
      t.is(ours.length, logits.length);
      t.true(Math.max(...logits.map((value, i) => Math.abs(value - ours[i]))) < 2e-5);
      t.true(Math.abs(model.loss(params, goldenBatch).dataSync()[0] - loss) < 1e-5);
    });
  });

  tfTest(`model (${name}) has the gradients of Hugging Face's T5`, async t => {
    const { tf, createModel } = await load();
    tf.tidy(() => {
      const tensors = paramTensors(shape);
      const model = createModel(shape);
      const grad = tf
        .grad(p => model.loss(p, goldenBatch))(tf.tensor1d(formula(tensors)))
        .dataSync() as Float32Array;
      t.is(tensors.length, Object.keys(gradients).length);
      for (const { name: tensor, from, to } of tensors) {
        const ours = grad.subarray(from, to);
        const projection = ours.reduce((sum, value, i) => sum + value * Math.cos(i), 0);
        t.true(Math.abs(norm(ours) / gradients[tensor].norm - 1) < 3e-5, tensor);
        t.true(Math.abs(projection - gradients[tensor].projection) < 3e-5 * gradients[tensor].norm, tensor);
      }
    });
  });
}

tfTest('the gradient of every tensor equals the slope of the loss', async t => {
  const { tf, createModel } = await load();
  tf.tidy(() => {
    // gelu, since a slope across the kink of a relu is not the gradient
    const shape: Shape = { ...NANO, feed_forward_proj: 'gated-gelu' };
    const tensors = paramTensors(shape);
    const model = createModel(shape);
    const batch = toBatch([[5, 9, 290, 4, 4, 17, 1]], [[299, 12, 9, 1]]);
    const start = initParams(tensors, 3);
    const grad = tf
      .grad(p => model.loss(p, batch))(tf.tensor1d(start))
      .dataSync() as Float32Array;
    for (const { name, from, to } of tensors) {
      const along = grad.subarray(from, to);
      const length = norm(along);
      const lossAt = (distance: number) => {
        const moved = Float32Array.from(start);
        for (let i = from; i < to; i++) moved[i] += (distance * along[i - from]) / length;
        return model.loss(tf.tensor1d(moved), batch).dataSync()[0];
      };
      const h = 0.02;
      const slope = (8 * (lossAt(h) - lossAt(-h)) - (lossAt(2 * h) - lossAt(-2 * h))) / (12 * h);
      t.true(Math.abs(slope / length - 1) < 0.005, `${name}: slope ${slope}, gradient ${length}`);
    }
  });
});

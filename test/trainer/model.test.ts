import { readFileSync } from 'node:fs';
import type { Mode } from '../../src/graph/index.js';
import type { Shape } from '../../src/shape/index.js';
import { createEngine } from '../../src/trainer/index.js';
import { type PlacedTensor, paramTensors } from '../../src/trainer/params.js';
import { NANO } from './nano.js';
import { findGradients, randomBatch, startParams, toBatch } from './t5-batches.js';
import { tfTest } from './with-tensorflow.js';

// fixtures/t5_golden.py: logits, loss and gradients of Hugging Face's Flax T5, whose parameters follow a formula
interface Golden {
  readonly shape: Shape;
  readonly loss: number;
  readonly logits: number[];
  readonly gradients: Record<string, { norm: number; projection: number }>;
}
const golden = JSON.parse(readFileSync(new URL('fixtures/t5_golden.json', import.meta.url), 'utf8'));
const goldenBatch = toBatch(golden.encoder, golden.targets);
const goldenSizes = { batch: goldenBatch.size, encLen: goldenBatch.encLen, decLen: goldenBatch.decLen };

const scatter = (k: number, order: number) => ((7919 * k * k + 104729 * k + 611953 * order) % 10007) / 10007;

function formula(tensors: readonly PlacedTensor[]): Map<string, Float32Array> {
  const order = tensors.map(tensor => tensor.name).sort();
  const start = (group: string) => (group === 'norm' ? 0.5 : -0.5);
  return new Map(
    tensors.map(({ name, group, from, to }) => [
      name,
      Float32Array.from({ length: to - from }, (_, i) => start(group) + scatter(i, order.indexOf(name))),
    ]),
  );
}

const norm = (values: ArrayLike<number>) => Math.hypot(...Array.from(values));
const distance = (a: Float32Array, b: Float32Array) => norm(a.map((value, i) => value - b[i]));

for (const mode of ['graph', 'eager'] satisfies Mode[])
  for (const [name, { shape, loss, logits, gradients }] of Object.entries<Golden>(golden.models)) {
    tfTest(`model (${name}) as a ${mode} has the logits and the loss of Hugging Face's T5`, async t => {
      const engine = await createEngine({ shape, seed: 0, train: goldenSizes, optimizer: 'none', padded: true, mode });
      engine.setParams(formula(paramTensors(shape)));
      const ours = engine.logits(goldenBatch);
      t.is(ours.length, logits.length);
      t.true(Math.max(...logits.map((value, i) => Math.abs(value - ours[i]))) < 2e-5);
      t.true(Math.abs(engine.loss(goldenBatch) - loss) < 1e-5);
      engine.dispose();
    });

    tfTest(`model (${name}) as a ${mode} has the gradients of Hugging Face's T5`, async t => {
      const found = await findGradients(shape, formula(paramTensors(shape)), goldenBatch, { mode, padded: true });
      t.is(found.size, Object.keys(gradients).length);
      for (const [tensor, ours] of found) {
        const projection = ours.reduce((sum, value, i) => sum + value * Math.cos(i), 0);
        t.true(Math.abs(norm(ours) / gradients[tensor].norm - 1) < 3e-5, tensor);
        t.true(Math.abs(projection - gradients[tensor].projection) < 3e-5 * gradients[tensor].norm, tensor);
      }
    });
  }

tfTest('the gradient of every tensor equals the slope of the loss', async t => {
  // gelu, since a slope across the kink of a relu is not the gradient
  const shape: Shape = { ...NANO, feed_forward_proj: 'gated-gelu' };
  const batch = toBatch([[5, 9, 290, 4, 4, 17, 1]], [[299, 12, 9, 1]]);
  const start = startParams(shape, 3);
  const engine = await createEngine({ shape, seed: 0, train: { batch: 1, encLen: 7, decLen: 4 }, optimizer: 'none' });
  for (const [name, along] of await findGradients(shape, start, batch, { mode: 'graph', padded: false })) {
    const length = norm(along);
    const lossAt = (way: number) => {
      const moved = start.get(name)!.map((value, i) => value + (way * along[i]) / length);
      engine.setParams(new Map([...start, [name, moved]]));
      return engine.loss(batch);
    };
    const h = 0.02;
    const slope = (8 * (lossAt(h) - lossAt(-h)) - (lossAt(2 * h) - lossAt(-2 * h))) / (12 * h);
    t.true(Math.abs(slope / length - 1) < 0.005, `${name}: slope ${slope}, gradient ${length}`);
  }
  engine.dispose();
});

/** More rows than a weight has and fewer, since a norm's gain goes to the smaller of the two. */
for (const batch of [1, 7])
  tfTest(`the gradients of ${batch} sequences equal those of TensorFlow.js' tape to 1e-5`, async t => {
    const shape: Shape = { ...NANO, vocab_size: 61, num_layers: 2 };
    const params = startParams(shape, 5);
    const data = randomBatch(shape, { batch, encLen: 19, decLen: 13 }, 2);
    const tf = await import('@tensorflow/tfjs-node');
    const { createModel } = await import('./tape-model.js');
    const flat = Float32Array.from([...params.values()].flatMap(values => [...values]));
    const tape = tf.tidy(() =>
      tf
        .grad(p => createModel(shape).loss(p, data))(tf.tensor1d(flat))
        .dataSync(),
    );
    const ours = await findGradients(shape, params, data, { mode: 'graph', padded: false });
    for (const { name, from, to } of paramTensors(shape)) {
      const theirs = tape.subarray(from, to) as Float32Array;
      t.true(distance(ours.get(name)!, theirs) < 1e-5 * norm(theirs), name);
    }
  });

tfTest('padding of the encoder changes nothing where it is hidden', async t => {
  const sizes = { batch: 2, encLen: 9, decLen: 5 };
  const engine = await createEngine({ shape: NANO, seed: 4, train: sizes, optimizer: 'none', padded: true });
  const short = randomBatch(NANO, { batch: 2, encLen: 6, decLen: 5 }, 8);
  const exact = await createEngine({ shape: NANO, seed: 4, train: { ...sizes, encLen: 6 }, optimizer: 'none' });
  t.true(distance(engine.logits(short), exact.logits(short)) < 1e-5);
  engine.dispose();
  exact.dispose();
});

tfTest('bf16 products move the logits by less than a hundredth of their size', async t => {
  const sizes = { batch: 3, encLen: 19, decLen: 11 };
  const data = randomBatch(NANO, sizes, 8);
  const [exact, rounded] = await Promise.all(
    (['fp32', 'bf16'] as const).map(async precision => {
      const engine = await createEngine({ shape: NANO, seed: 4, train: sizes, optimizer: 'none', precision });
      const logits = engine.logits(data);
      engine.dispose();
      return logits;
    }),
  );
  const share = distance(exact, rounded) / norm(exact);
  t.true(share > 1e-4 && share < 1e-2, `${share}`);
});

import { createGraph, gradients, type Mode, openSession, output, placeholder, sum } from '../../src/graph/index.js';
import { createDropout } from '../../src/trainer/model/layers.js';
import { buildLogits } from '../../src/trainer/model/t5.js';
import { declareWeights } from '../../src/trainer/model/weights.js';
import { NANO } from './nano.js';
import { tfTest } from './with-tensorflow.js';

const COUNT = 20_000;
const RATE = 0.25;

/** What dropout makes of ones, twice, and the gradient of the first sum. */
async function openDropout(mode: Mode) {
  const graph = createGraph();
  const x = placeholder(graph, 'x', [COUNT]);
  const dropout = createDropout(RATE, placeholder(graph, 'seed', [2], 'int32'));
  const first = dropout(x);
  output(graph, 'first', first);
  output(graph, 'second', dropout(x));
  output(graph, 'gradient', gradients(sum(first), [x])[0]);
  const session = await openSession(graph, { mode });
  const ones = new Float32Array(COUNT).fill(1);
  const draw = (fetch: string, ...seed: [number, number]) =>
    session.run([fetch], { x: ones, seed: Int32Array.from(seed) })[0] as Float32Array;
  return { draw, dispose: () => session.dispose() };
}

/** Share of the places at which both are 0. */
const bothDropped = (a: Float32Array, b: Float32Array) =>
  a.filter((value, i) => value === 0 && b[i] === 0).length / COUNT;

for (const mode of ['graph', 'eager'] satisfies Mode[]) {
  tfTest(`dropout in ${mode} mode drops its share and scales up the rest`, async t => {
    const { draw, dispose } = await openDropout(mode);
    const dropped = draw('first', 5, 0);
    t.deepEqual(new Set(dropped), new Set([0, Math.fround(1 / (1 - RATE))]));
    const deviation = Math.sqrt((RATE * (1 - RATE)) / COUNT);
    t.true(Math.abs(bothDropped(dropped, dropped) - RATE) < 4 * deviation);
    t.deepEqual(draw('gradient', 5, 0), dropped);
    dispose();
  });

  tfTest(`dropout in ${mode} mode repeats itself, and is another for each seed, step and site`, async t => {
    const { draw, dispose } = await openDropout(mode);
    const dropped = draw('first', 5, 0);
    t.deepEqual(draw('first', 5, 0), dropped);
    const deviation = Math.sqrt((RATE ** 2 * (1 - RATE ** 2)) / COUNT);
    for (const other of [draw('first', 6, 0), draw('first', 5, 1), draw('second', 5, 0)])
      t.true(Math.abs(bothDropped(dropped, other) - RATE ** 2) < 4 * deviation);
    dispose();
  });
}

// transformers' T5: T5Stack after the embedding and after the final norm; T5LayerSelfAttention, T5LayerCrossAttention and
// T5LayerFF before the sum; T5Attention after the softmax; T5DenseActDense and T5DenseGatedActDense before wo
for (const feed_forward_proj of ['relu', 'gated-gelu'] as const)
  tfTest(`a T5 (${feed_forward_proj}) drops at every site of Hugging Face's T5`, t => {
    const shape = { ...NANO, feed_forward_proj, num_layers: 2, num_decoder_layers: 3 };
    const graph = createGraph();
    const dropped: string[] = [];
    const net = {
      ...{ shape, weights: declareWeights(graph, shape), batch: 1, precision: 'fp32' as const },
      dropout: (x: Parameters<ReturnType<typeof createDropout>>[0]) => {
        dropped.push(x.op.kind);
        return x;
      },
    };
    const ids = (name: string) => placeholder(graph, name, [5], 'int32');
    buildLogits(net, { encoder: ids('encoder'), decoder: ids('decoder') }, false);
    const attention = ['softmax', 'matMul'];
    const feedForward = [feed_forward_proj === 'relu' ? 'relu' : 'mul', 'matMul'];
    const stack = (layers: number, layer: string[]) => [
      'gather',
      ...Array.from({ length: layers }, () => layer).flat(),
      'mul',
    ];
    t.deepEqual(dropped, [
      ...stack(2, [...attention, ...feedForward]),
      ...stack(3, [...attention, ...attention, ...feedForward]),
    ]);
  });

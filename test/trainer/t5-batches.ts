import { createRandom } from '../../src/base/index.js';
import { createGraph, gradients, type Mode, mul, openSession, output, placeholder } from '../../src/graph/index.js';
import type { Shape } from '../../src/shape/index.js';
import { countTargets, decoderInputs } from '../../src/trainer/batch.js';
import type { Batch, Sizes } from '../../src/trainer/index.js';
import { buildLogits, totalLoss } from '../../src/trainer/model/t5.js';
import { declareWeights, packWeights, unpackWeights } from '../../src/trainer/model/weights.js';
import { initParams, paramTensors } from '../../src/trainer/params.js';

/** The batch of rows of ids, which are padded already. */
export function toBatch(encoder: readonly number[][], targets: readonly number[][]): Batch {
  const [encLen, decLen] = [encoder[0].length, targets[0].length];
  const flat = (rows: readonly number[][]) => Int32Array.from(rows.flat());
  return { size: encoder.length, encLen, decLen, encoder: flat(encoder), targets: flat(targets) };
}

/** Ids at random, none of them padding. */
export function randomBatch(shape: Shape, { batch, encLen, decLen }: Sizes, seed: number): Batch {
  const random = createRandom(seed);
  const ids = (count: number) => Int32Array.from({ length: count }, () => 1 + random.integer(shape.vocab_size - 1));
  return { size: batch, encLen, decLen, encoder: ids(batch * encLen), targets: ids(batch * decLen) };
}

/** Starting parameters by name. */
export function startParams(shape: Shape, seed: number): Map<string, Float32Array> {
  const tensors = paramTensors(shape);
  const values = initParams(tensors, seed);
  return new Map(tensors.map(({ name, from, to }) => [name, values.slice(from, to)]));
}

/** The model's gradient of every tensor, by name. */
export async function findGradients(
  shape: Shape,
  params: ReadonlyMap<string, Float32Array>,
  data: Batch,
  { mode, padded }: { readonly mode: Mode; readonly padded: boolean },
): Promise<Map<string, Float32Array>> {
  const graph = createGraph();
  const weights = declareWeights(graph, shape);
  const ids = (name: string, length: number) => placeholder(graph, name, [data.size * length], 'int32');
  const net = { shape, weights, batch: data.size, precision: 'fp32', dropout: (x: never) => x } as const;
  const sides = { encoder: ids('encoder', data.encLen), decoder: ids('decoder', data.decLen) };
  const total = totalLoss(buildLogits(net, sides, padded), ids('targets', data.decLen));
  const values = weights.all.map(({ value }) => value);
  for (const [i, gradient] of gradients(mul(total, 1 / countTargets(data)), values).entries())
    output(graph, `gradient.${i}`, gradient);
  const session = await openSession(graph, { mode });
  session.writeVariables(packWeights(weights.all, params));
  const fetches = values.map((_, i) => `gradient.${i}`);
  const feeds = { encoder: data.encoder, decoder: decoderInputs(data), targets: data.targets };
  const found = session.run(fetches, feeds) as Float32Array[];
  session.dispose();
  return unpackWeights(weights.all, found);
}

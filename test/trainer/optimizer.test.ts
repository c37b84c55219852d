import { readFileSync } from 'node:fs';
import {
  createGraph,
  type Graph,
  type Mode,
  openSession,
  output,
  placeholder,
  read,
  variable,
} from '../../src/graph/index.js';
import { createAdafactor } from '../../src/trainer/optimizer/adafactor.js';
import { createAdam } from '../../src/trainer/optimizer/adam.js';
import { clipByNorm } from '../../src/trainer/optimizer/clip.js';
import type { Optimizer } from '../../src/trainer/optimizer/optimizer.js';
import { tfTest } from './with-tensorflow.js';

// fixtures/optimizer_golden.py: trajectories of PyTorch's Adam and of Hugging Face's Adafactor, in float64
interface Golden {
  /** [rows, columns or 0 for a vector, size of values, size of gradients], in the order that the formula counts. */
  readonly tensors: Record<string, [number, number, number, number]>;
  readonly scales: number[];
  readonly shares: number[];
  readonly rates: Record<Name, number>;
  readonly adam: Record<string, number[]>[];
  readonly adafactor: Record<string, number[]>[];
}
type Name = 'adam' | 'adafactor';
const golden: Golden = JSON.parse(readFileSync(new URL('fixtures/optimizer_golden.json', import.meta.url), 'utf8'));

const formula = (order: number, count: number, scale: number) =>
  Array.from(
    { length: count },
    (_, k) => (((7919 * k * k + 104729 * k + 611953 * order) % 10007) / 10007 - 0.5) * scale,
  );

/** The three of equal dims are one stack, as q, k and v are in the model. */
const STACKS = [['q', 'k', 'v'], ['small'], ['norm']];

const partDims = (name: string) => golden.tensors[name].slice(0, 2).filter(dim => dim > 0);
const sizeOf = (name: string) => partDims(name).reduce((size, dim) => size * dim, 1);

/** A stack in one array, each tensor times its own scale. */
const stacked = (names: readonly string[], order: number, scaleOf: (name: string) => number) =>
  Float32Array.from(
    names.flatMap(name => formula(order + Object.keys(golden.tensors).indexOf(name), sizeOf(name), scaleOf(name))),
  );
const startOf = (names: readonly string[]) => stacked(names, 0, name => golden.tensors[name][2]);
const slopesOf = (names: readonly string[], step: number) =>
  stacked(names, 10 * step, name => golden.tensors[name][3] * golden.scales[step - 1]);

function addStack(graph: Graph, optimizer: Optimizer, names: readonly string[]) {
  const [rows, ...width] = partDims(names[0]).length === 1 ? [1, ...partDims(names[0])] : partDims(names[0]);
  const state = variable(graph, names[0], [names.length * rows, ...width]);
  const gradient = placeholder(graph, `gradient.${names[0]}`, state.dims);
  const parts = names.map(name => ({ dims: partDims(name) }));
  return optimizer.update({ name: names[0], parts, group: 'hidden', state, value: read(state) }, gradient);
}

const MAKE = { adam: createAdam, adafactor: createAdafactor };
const SOURCES = { adam: "PyTorch's Adam", adafactor: "Hugging Face's Adafactor" };

for (const mode of ['graph', 'eager'] satisfies Mode[])
  for (const name of ['adam', 'adafactor'] satisfies Name[])
    tfTest(`${name} in ${mode} mode moves every tensor as ${SOURCES[name]} does`, async t => {
      const graph = createGraph();
      const rate = golden.rates[name];
      const optimizer = MAKE[name](graph, { embedding: 1, hidden: rate, norm: 1, relative_bias: 1 });
      const effects = STACKS.flatMap(names => addStack(graph, optimizer, names));
      output(graph, 'step', placeholder(graph, 'done', []), effects);
      const session = await openSession(graph, { mode });
      session.writeVariables(new Map(STACKS.map(names => [names[0], startOf(names)])));
      for (let step = 1; step <= golden.scales.length; step++) {
        const slopes = STACKS.map(names => [`gradient.${names[0]}`, slopesOf(names, step)]);
        const update = optimizer.feeds(step, golden.shares[step - 1]);
        session.run(['step'], { ...Object.fromEntries(slopes), ...update, done: 0 });
        for (const names of STACKS) {
          const ours = session.readVariable(names[0]);
          const theirs = names.flatMap(one => golden[name][step - 1][one]);
          const furthest = Math.max(...theirs.map((value, i) => Math.abs(value - ours[i])));
          t.true(furthest < 2e-6 * Math.max(...theirs.map(Math.abs)), `step ${step}, ${names}: ${furthest}`);
        }
      }
      session.dispose();
    });

for (const name of ['adam', 'adafactor'] satisfies Name[])
  tfTest(`${name} leaves a tensor of no gradient where it is`, async t => {
    const graph = createGraph();
    const optimizer = MAKE[name](graph, { embedding: 1, hidden: 1, norm: 1, relative_bias: 1 });
    output(graph, 'step', placeholder(graph, 'done', []), addStack(graph, optimizer, ['q']));
    const session = await openSession(graph);
    const start = startOf(['q']);
    session.writeVariables(new Map([['q', start]]));
    session.run(['step'], { 'gradient.q': new Float32Array(start.length), ...optimizer.feeds(1, 1), done: 0 });
    t.deepEqual([...session.readVariable('q')], [...start]);
    session.dispose();
  });

tfTest('clipByNorm() scales all gradients down together, and leaves those within the norm', async t => {
  const graph = createGraph();
  const given = [placeholder(graph, 'a', [2]), placeholder(graph, 'b', [1, 1])];
  for (const [i, gradient] of clipByNorm(given, 3).entries()) output(graph, `clipped.${i}`, gradient);
  const session = await openSession(graph);
  const clip = (a: number[], b: number) =>
    session.run(['clipped.0', 'clipped.1'], { a: Float32Array.from(a), b: Float32Array.of(b) }).map(one => [...one]);
  t.deepEqual(clip([4, 4], 2), [[2, 2], [1]]); // norm 6
  t.deepEqual(clip([1, 2], 2), [[1, 2], [2]]); // norm 3
  t.deepEqual(clip([0, 0], 0), [[0, 0], [0]]);
  session.dispose();
});

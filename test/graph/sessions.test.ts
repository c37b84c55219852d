import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { ExecutionContext } from 'ava';
import { unknownName } from '../../src/base/index.js';
import { loadBackend } from '../../src/graph/backend.js';
import * as g from '../../src/graph/index.js';
import { tfTest } from '../trainer/with-tensorflow.js';

const MODES = ['graph', 'eager'] as const;

/** One test for each session. */
function eachMode(title: string, body: (t: ExecutionContext, mode: g.Mode) => Promise<void>) {
  for (const mode of MODES) tfTest(`${mode} session: ${title}`, t => body(t, mode));
}

/** A counter: `step` gives its value and then adds what is fed. */
function counter(): g.Graph {
  const graph = g.createGraph();
  const count = g.variable(graph, 'count', [3]);
  const by = g.placeholder(graph, 'by', [3]);
  g.output(graph, 'step', g.read(count), [g.assignAdd(count, by)]);
  g.output(graph, 'double', g.mul(g.read(count), 2));
  g.output(graph, 'move', g.sum(by), [g.assign(count, by)]);
  return graph;
}

const BY = Float32Array.of(1, 2, 3);

eachMode('the example of the door of the room gives what it says', async (t, mode) => {
  const graph = g.createGraph();
  const x = g.placeholder(graph, 'x', [5, 3]);
  const weight = g.variable(graph, 'weight', [1, 3]);
  const loss = g.mean(g.square(g.matMul(x, g.read(weight), { transposeB: true })));
  const [slope] = g.gradients(loss, [g.read(weight)]);
  g.output(graph, 'step', loss, [g.assignAdd(weight, g.mul(slope, -0.1))]);
  const session = await g.openSession(graph, { mode });
  session.writeVariables(new Map([['weight', Float32Array.of(1, 2, 3)]]));
  t.is(session.run(['step'], { x: new Float32Array(15).fill(1) })[0][0], 36);
  const expected = Float32Array.of(1 - 1.2, 2 - 1.2, 3 - 1.2); // the slope is 2 * 6 each
  session.readVariable('weight').forEach((value, i) => void t.true(Math.abs(value - expected[i]) < 1e-6));
  session.dispose();
});

eachMode('variables start at 0 and are changed only by the fetches that name an effect', async (t, mode) => {
  const session = await g.openSession(counter(), { mode });
  t.deepEqual(session.readVariable('count'), new Float32Array(3));
  session.run(['double']);
  t.deepEqual(session.readVariable('count'), new Float32Array(3));
  session.run(['step'], { by: BY });
  t.deepEqual(session.readVariable('count'), BY);
  session.dispose();
});

eachMode('a read is of before the effects of its run, whichever was built first', async (t, mode) => {
  const graph = g.createGraph();
  const state = g.variable(graph, 'state', [3]);
  const by = g.placeholder(graph, 'by', [3]);
  const set = g.assign(state, by);
  g.output(graph, 'swap', g.mul(g.read(state), 2), [set]);
  const session = await g.openSession(graph, { mode });
  t.deepEqual(session.run(['swap'], { by: BY }), [new Float32Array(3)]);
  for (let i = 0; i < 100; i++) t.deepEqual(session.run(['swap'], { by: BY }), [Float32Array.of(2, 4, 6)]);
  session.dispose();
});

eachMode('several fetches are one run: effects happen once', async (t, mode) => {
  const session = await g.openSession(counter(), { mode });
  session.run(['step', 'double', 'step'], { by: BY });
  t.deepEqual(session.readVariable('count'), BY);
  session.dispose();
});

eachMode('a variable has its own memory: neither it nor the callers array changes the other', async (t, mode) => {
  const session = await g.openSession(counter(), { mode });
  // TensorFlow takes over memory that starts at a multiple of 64 bytes, and one of these does
  for (let start = 0; start < 16; start++) {
    const values = new Float32Array(new ArrayBuffer(128), 4 * start, 3).fill(7);
    for (const write of [
      () => session.writeVariables(new Map([['count', values]])),
      () => session.run(['move'], { by: values }),
    ]) {
      write();
      values.fill(0);
      t.deepEqual(session.readVariable('count'), Float32Array.of(7, 7, 7));
      values.fill(7);
      session.run(['step'], { by: BY });
      t.deepEqual(values, Float32Array.of(7, 7, 7));
    }
  }
  session.dispose();
});

eachMode('two live sessions of one graph do not mix', async (t, mode) => {
  const graph = counter();
  const [a, b] = [await g.openSession(graph, { mode }), await g.openSession(graph, { mode })];
  a.run(['step'], { by: BY });
  t.deepEqual(b.readVariable('count'), new Float32Array(3));
  a.dispose();
  t.deepEqual(b.run(['step'], { by: BY }), [new Float32Array(3)]);
  b.dispose();
});

eachMode('kept results may be fed again, and outlive changes of the variable they came from', async (t, mode) => {
  const session = await g.openSession(counter(), { mode });
  session.writeVariables(new Map([['count', BY]]));
  const [kept] = session.runKeep(['step'], { by: BY });
  session.run(['step'], { by: kept });
  session.run(['step'], { by: kept });
  t.deepEqual(session.readVariable('count'), Float32Array.of(4, 8, 12));
  session.release([kept]);
  session.dispose();
});

eachMode('variables are written and read by name, in any number', async (t, mode) => {
  const graph = g.createGraph();
  for (let i = 0; i < 50; i++) g.variable(graph, `block.${i}/weight`, [i + 1]);
  const values = new Map([...graph.variables.keys()].map((name, i) => [name, new Float32Array(i + 1).fill(i)]));
  const session = await g.openSession(graph, { mode });
  session.writeVariables(values);
  t.deepEqual(session.readVariables([...values.keys()].reverse()), [...values.values()].reverse());
  session.writeVariables(new Map([['block.1/weight', Float32Array.of(8, 9)]]));
  t.deepEqual(session.readVariables(['block.1/weight', 'block.2/weight']), [
    Float32Array.of(8, 9),
    values.get('block.2/weight')!,
  ]);
  session.dispose();
});

eachMode('100 runs, kept results and a session leave no tensor, model or file behind', async (t, mode) => {
  const { tf, binding } = await loadBackend();
  const left = () => [tf.memory().numTensors, binding!.getNumOfTensors(), binding!.getNumOfSavedModels()];
  const folders = () => readdirSync(tmpdir()).filter(name => name.startsWith(`shapelaw-graph-${process.pid}-`));
  const before = left();
  const session = await g.openSession(counter(), { mode });
  for (let i = 0; i < 100; i++) session.run(['step', 'double'], { by: BY });
  session.readVariable('count');
  const kept = session.runKeep(['step'], { by: BY });
  session.release(kept);
  t.throws(() => session.run(['step'], {}));
  session.dispose();
  t.deepEqual(left(), before);
  t.deepEqual(folders(), []);
});

eachMode('wrong names, sizes and types are refused in one line', async (t, mode) => {
  const session = await g.openSession(counter(), { mode });
  const says = (run: () => unknown, message: string) => t.throws(run, { message });
  says(() => session.run(['stop']), unknownName('output', 'stop', ['step', 'double', 'move']));
  says(() => session.run(['double'], { on: 1 }), unknownName('placeholder', 'on', ['by']));
  says(() => session.readVariable('size'), unknownName('variable', 'size', ['count']));
  says(() => session.run(['step']), 'by must be fed to run step, got no value');
  says(() => session.run(['step'], { by: 1 }), 'by must be fed Float32Array of 3 for [3], got Float32Array of 1');
  says(
    () => session.run(['step'], { by: Int32Array.of(1, 2, 3) }),
    'by must be fed Float32Array of 3 for [3], got Int32Array of 3',
  );
  says(() => session.writeVariables(new Map([['count', Float32Array.of(1)]])), 'count must have 3 values, got 1');
  session.dispose();
});

tfTest('an operation that fails is named, with what it was given', async t => {
  const graph = g.createGraph();
  const ids = g.placeholder(graph, 'ids', [2], 'int32');
  const rows = g.gather(g.placeholder(graph, 'table', [5, 3]), ids);
  g.output(graph, 'y', g.sum(rows));
  const session = await g.openSession(graph, { mode: 'graph' });
  const feeds = { ids: Int32Array.of(1, 9), table: new Float32Array(15) };
  t.throws(() => session.run(['y'], feeds), {
    message: 'gather_2 of float32 [5, 3] and int32 [2] must run, got indices[1] = 9 is not in [0, 5)',
  });
  session.dispose();
});

eachMode('resourceApplyAdam takes the steps of Adam as published', async (t, mode) => {
  const graph = g.createGraph();
  const [weight, first, second] = ['weight', 'first', 'second'].map(name => g.variable(graph, name, [3]));
  const gradient = g.placeholder(graph, 'gradient', [3]);
  const beta1Power = g.placeholder(graph, 'beta1Power', []);
  const beta2Power = g.placeholder(graph, 'beta2Power', []);
  const settings = { rate: 0.1, beta1: 0.9, beta2: 0.98, epsilon: 1e-3, beta1Power, beta2Power };
  const step = g.resourceApplyAdam({ variable: weight, first, second, gradient, ...settings });
  g.output(graph, 'step', g.sum(gradient), [step]);
  const session = await g.openSession(graph, { mode });
  const [w, m, v] = [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ];
  for (let k = 1; k <= 5; k++) {
    const slope = Float32Array.of(1 / k, -k, 0.01);
    session.run(['step'], { gradient: slope, beta1Power: 0.9 ** k, beta2Power: 0.98 ** k });
    slope.forEach((value, i) => {
      // Kingma and Ba 2015, algorithm 1 in the order of the end of section 2
      m[i] = 0.9 * m[i] + 0.1 * value;
      v[i] = 0.98 * v[i] + 0.02 * value ** 2;
      w[i] -= ((0.1 * Math.sqrt(1 - 0.98 ** k)) / (1 - 0.9 ** k)) * (m[i] / (Math.sqrt(v[i]) + 1e-3));
    });
  }
  const close = (ours: Float32Array, theirs: number[]) =>
    theirs.forEach((value, i) => void t.true(Math.abs(ours[i] - value) < 1e-6, `${ours} ${theirs}`));
  const [ours, ourFirst, ourSecond] = session.readVariables(['weight', 'first', 'second']);
  close(ours, w);
  close(ourFirst, m);
  close(ourSecond, v);
  session.dispose();
});

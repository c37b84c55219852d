import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';

/** A process in which TensorFlow's addon cannot be loaded. */
const WITHOUT_ADDON = `
  import { register } from 'node:module';
  const hook = 'export const resolve = (name, context, next) => {' +
    'if (name === "@tensorflow/tfjs-node") throw new Error("no addon"); return next(name, context); }';
  register('data:text/javascript,' + encodeURIComponent(hook));
  const g = await import('./src/graph/index.ts');
  const graph = g.createGraph();
  const x = g.placeholder(graph, 'x', [3]);
  const state = g.variable(graph, 'state', [3]);
  const y = g.sum(g.square(g.add(x, g.read(state))));
  g.output(graph, 'slope', g.gradients(y, [x])[0], [g.assign(state, x)]);
  const session = await g.openSession(graph);
  session.run(['slope'], { x: Float32Array.of(1, 2, 3) });
  const [slope] = session.run(['slope'], { x: Float32Array.of(1, 2, 3) });
  const refused = await g.openSession(graph, { mode: 'graph' }).catch(error => error.message);
  console.log(session.mode, slope.join(), refused);
`;

test('openSession runs a graph in plain JavaScript, and silently, where the addon does not load', async t => {
  const node = ['--import', './register.mjs', '--input-type=module', '--eval', WITHOUT_ADDON];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, node);
  t.is(stdout, "eager 4,8,12 mode must be eager where TensorFlow's addon does not load, got graph\n");
  t.is(stderr, '');
});

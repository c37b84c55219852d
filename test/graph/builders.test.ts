import test from 'ava';
import * as g from '../../src/graph/index.js';

const graph = g.createGraph();
const matrix = g.placeholder(graph, 'matrix', [5, 3]);
const other = g.placeholder(graph, 'other', [5, 7]);
const cube = g.placeholder(graph, 'cube', [2, 5, 3]);
const ids = g.placeholder(graph, 'ids', [5], 'int32');
const state = g.variable(graph, 'state', [5, 3]);

const DIMS: readonly [string, () => g.Value, readonly number[], g.DataType][] = [
  ['a row is stretched over a matrix', () => g.add(matrix, g.placeholder(graph, 'row', [3])), [5, 3], 'float32'],
  ['a column and a row make a matrix', () => g.mul(g.reshape(ids, [5, 1]), g.reshape(ids, [1, 5])), [5, 5], 'int32'],
  ['a number takes the type of the value', () => g.add(ids, 1), [5], 'int32'],
  ['comparisons are bool', () => g.less(matrix, 0), [5, 3], 'bool'],
  ['matMul transposes a', () => g.matMul(matrix, other, { transposeA: true }), [3, 7], 'float32'],
  ['batchMatMul transposes b', () => g.batchMatMul(cube, cube, { transposeB: true }), [2, 5, 5], 'float32'],
  ['reshape fills in -1', () => g.reshape(cube, [-1, 3]), [10, 3], 'float32'],
  ['transpose reverses by default', () => g.transpose(cube), [3, 5, 2], 'float32'],
  ['concat adds along its axis', () => g.concat([matrix, other], -1), [5, 10], 'float32'],
  ['stack puts an axis in', () => g.stack([matrix, matrix, matrix, matrix], 1), [5, 4, 3], 'float32'],
  ['unstack drops one', () => g.unstack(cube, 1)[4], [2, 3], 'float32'],
  ['split gives the sizes asked for', () => g.split(other, [3, 4], 1)[1], [5, 4], 'float32'],
  ['sum drops its axes', () => g.sum(cube, [0, -1]), [5], 'float32'],
  ['mean keeps them when told', () => g.mean(cube, [1], { keepDims: true }), [2, 1, 3], 'float32'],
  ['argMax drops the last axis', () => g.argMax(cube), [2, 5], 'int32'],
  [
    'gather puts rows in place of ids',
    () => g.gather(matrix, g.constant(graph, Int32Array.of(1, 4), [1, 2])),
    [1, 2, 3],
    'float32',
  ],
  ['segmentSum has a row for each segment', () => g.segmentSum(matrix, ids, 11), [11, 3], 'float32'],
  ['oneHot puts an axis last', () => g.oneHot(ids, 7), [5, 7], 'float32'],
  ['sparseCrossEntropy has one loss a row', () => g.sparseCrossEntropy(matrix, ids), [5], 'float32'],
  ['read is of the dims of the variable', () => g.read(state), [5, 3], 'float32'],
];
for (const [title, build, dims, dtype] of DIMS)
  test(title, t => {
    const value = build();
    t.deepEqual([value.dims, value.dtype], [dims, dtype]);
  });

const REFUSED: readonly [() => unknown, string][] = [
  [() => g.add(matrix, other), 'inputs of add must be equal in each dim or 1, got [5, 3] and [5, 7]'],
  [() => g.mul(matrix, ids), 'inputs of mul must be of one type of float32, int32, got float32 [5, 3] and int32 [5]'],
  [() => g.add(1, 2), 'an operation must have a value of the graph among its inputs, got only numbers'],
  [() => g.add(ids, 0.5), 'constant of int32 must be an integer in its range, got 0.5'],
  [() => g.exp(ids), 'inputs of exp must be of one type of float32, got int32 [5]'],
  [() => g.select(matrix, 0, matrix), 'condition of select must be bool, got float32 [5, 3]'],
  [() => g.addAll([matrix, other]), 'inputs of addAll must have equal dims, got float32 [5, 3] and float32 [5, 7]'],
  [() => g.matMul(matrix, cube), 'inputs of matMul must be matrices, got float32 [5, 3] and float32 [2, 5, 3]'],
  [
    () => g.matMul(matrix, other),
    'inner dims of matMul must be equal, got 3 and 5 of float32 [5, 3] and float32 [5, 7]',
  ],
  [
    () => g.batchMatMul(cube, matrix),
    'inputs of batchMatMul must be of rank 3 or more with equal leading dims, got float32 [2, 5, 3] and float32 [5, 3]',
  ],
  [() => g.reshape(matrix, [4, -1]), 'reshape of float32 [5, 3] must keep the size, got [4, -1]'],
  [() => g.transpose(matrix, [0, 0]), 'perm of transpose must hold each axis of float32 [5, 3] once, got [0, 0]'],
  [() => g.slice(matrix, [4, 0], [2, 3]), 'slice of float32 [5, 3] must lie inside, got [2, 3] from [4, 0]'],
  [() => g.split(matrix, [2, 2], 1), 'sizes of split must sum to 3, axis 1 of float32 [5, 3], got [2, 2]'],
  [
    () => g.concat([matrix, other], 0),
    'inputs of concat along axis 0 must be equal elsewhere, got float32 [5, 3] and float32 [5, 7]',
  ],
  [() => g.sum(matrix, [2]), 'axis of sum must be an integer in [-2, 2), got 2'],
  [() => g.sum(matrix, [1, -1]), 'axes of sum must differ, got [1, -1]'],
  [
    () => g.gather(matrix, other),
    'inputs of gather must be a table and int32 ids, got float32 [5, 3] and float32 [5, 7]',
  ],
  [
    () => g.sparseCrossEntropy(matrix, matrix),
    'inputs of sparseCrossEntropy must be [rows, classes] and int32 [rows], got float32 [5, 3] and float32 [5, 3]',
  ],
  [() => g.constant(graph, Float32Array.of(1, 2), [3]), 'constant of dims [3] must have 3 values, got 2'],
  [() => g.placeholder(graph, 'none', [0]), 'dims of none must be integers from 1 and up, got [0]'],
  [() => g.placeholder(graph, 'ids', [3]), 'names of placeholders must differ, got ids twice'],
  [
    () => g.output(graph, 'a,b', matrix),
    'name of output must be a letter, then letters, digits, _ . / or -, got "a,b"',
  ],
  [() => g.assign(state, other), 'assign of state must be given float32 [5, 3], got float32 [5, 7]'],
  [() => g.gradients(matrix, [matrix]), 'gradients must be of a float32 scalar, got float32 [5, 3]'],
  [() => g.add(matrix, g.constant(g.createGraph(), 1)), 'inputs of add must be of one graph, got two'],
];
for (const [build, message] of REFUSED) test(`refused: ${message}`, t => void t.throws(build, { message }));

test('equal operations and small constants are one', t => {
  t.is(g.add(matrix, 1), g.add(matrix, 1));
  t.is(g.read(state), g.read(state));
  t.is(g.constant(graph, Int32Array.of(1, 2)), g.constant(graph, Int32Array.of(1, 2)));
  t.not(g.add(matrix, 1), g.add(matrix, 2));
  t.not(g.sum(matrix, [0]), g.sum(matrix, [1]));
  t.not(g.constant(graph, 0), g.constant(graph, -0));
  t.not(g.assign(state, matrix).op, g.assign(state, matrix).op);
});

test('steps that change nothing add no operation', t => {
  t.is(g.reshape(matrix, [5, -1]), matrix);
  t.is(g.reshape(g.reshape(matrix, [15]), [5, 3]), matrix);
  t.is(g.transpose(matrix, [0, 1]), matrix);
  t.is(g.cast(matrix, 'float32'), matrix);
  t.is(g.addAll([matrix]), matrix);
});

/** How many operations of each kind a gradient adds. */
function added(build: (x: g.Value) => g.Value): Record<string, number> {
  const own = g.createGraph();
  const x = g.placeholder(own, 'x', [5, 3]);
  const y = build(x);
  const before = own.operations.length;
  g.gradients(y, [x]);
  const counts: Record<string, number> = {};
  for (const { kind } of own.operations.slice(before))
    if (kind !== 'constant' && kind !== 'reshape') counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

test('the gradient of a sum stretches nothing before it has to', t => {
  t.deepEqual(
    added(x => g.sum(g.square(x))),
    { mul: 2 },
  );
  const norm = (x: g.Value) => g.mul(x, g.rsqrt(g.mean(g.square(x), [1], { keepDims: true })));
  t.deepEqual(
    added(x => g.sum(g.square(norm(x)))),
    { mul: 7, sum: 1, rsqrtGrad: 1, addAll: 1 },
  );
});

test('the gradient of a softmax is three element-wise kernels and one sum', t => {
  const gained = added(x => g.sum(g.square(g.softmax(x))));
  t.deepEqual(gained, { mul: 4, sub: 1, sum: 1 });
});

test('the gradient of a product needs no transpose', t => {
  const both = (a: boolean, b: boolean) => (x: g.Value) =>
    g.sum(g.square(g.matMul(x, x, { transposeA: a, transposeB: b })));
  t.deepEqual(added(both(true, false)), { mul: 2, matMul: 2, addAll: 1 });
  t.deepEqual(added(both(false, true)), { mul: 2, matMul: 2, addAll: 1 });
});

test('what does not lead to the scalar has gradient 0, and what it does not need is not computed', t => {
  const own = g.createGraph();
  const [x, y] = ['x', 'y'].map(name => g.placeholder(own, name, [5, 3]));
  const loss = g.sum(g.mul(x, g.stopGradient(y)));
  const before = own.operations.length;
  const [, dy] = g.gradients(loss, [x, y]);
  t.is(dy.op.kind, 'constant');
  t.deepEqual(
    own.operations
      .slice(before)
      .map(({ kind }) => kind)
      .filter(kind => kind !== 'constant' && kind !== 'reshape'),
    ['mul'],
  );
});

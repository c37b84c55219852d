/**
 * The graph room: a computation as data, its gradients, and two ways to run it.
 *
 * 1. Builders (build/) append operations to a graph (graph.ts). Dims and types are known and checked as it is built.
 * 2. gradients appends the backward operations: one rule for each kind (rules.ts).
 * 3. output names what runs may fetch, and the effects on variables that happen when they do.
 * 4. openSession makes it run. A graph session writes it as a SavedModel (encodings.ts, saved-model.ts, proto.ts) that
 *    TensorFlow's addon runs whole: a training step is one call. An eager session runs the same operations one by one
 *    over TensorFlow.js (kernels.ts), where the addon does not load or a value in between is wanted.
 *
 * A new kind of operation is a line in each of kinds.ts, encodings.ts, kernels.ts and rules.ts, and a builder.
 *
 *     const graph = createGraph();
 *     const x = placeholder(graph, 'x', [5, 3]);
 *     const weight = variable(graph, 'weight', [1, 3]);
 *     const loss = mean(square(matMul(x, read(weight), { transposeB: true })));
 *     const [slope] = gradients(loss, [read(weight)]);
 *     output(graph, 'step', loss, [assignAdd(weight, mul(slope, -0.1))]);
 *     const session = await openSession(graph);
 *     session.writeVariables(new Map([['weight', Float32Array.of(1, 2, 3)]]));
 *     const [[before]] = session.run(['step'], { x: new Float32Array(15).fill(1) }); // 36
 *
 * Threads: TensorFlow reads TF_NUM_INTRAOP_THREADS (within an operation) and TF_NUM_INTEROP_THREADS (operations at a
 * time) when it is first loaded.
 */
export { broadcastTo, concat, pad, reshape, slice, split, stack, transpose, unstack } from './build/arrange.js';
export { constant, type Operand } from './build/constant.js';
export {
  add,
  addAll,
  cast,
  div,
  equal,
  exp,
  less,
  log,
  maximum,
  minimum,
  mul,
  neg,
  notEqual,
  relu,
  rsqrt,
  select,
  sqrt,
  square,
  stopGradient,
  sub,
  tanh,
} from './build/element-wise.js';
export { gather, maskChance, oneHot, randomMask, randomUniform, segmentSum } from './build/lookup.js';
export { batchMatMul, matMul, type ProductOptions } from './build/product.js';
export { argMax, mean, type ReduceOptions, softmax, sparseCrossEntropy, sum } from './build/reduce.js';
export {
  type AdamStep,
  assign,
  assignAdd,
  output,
  placeholder,
  read,
  resourceApplyAdam,
  variable,
} from './build/state.js';
export { gradients } from './gradients.js';
export {
  createGraph,
  type DataType,
  type Effect,
  type Graph,
  type Operation,
  type TypedArray,
  type Value,
  type Variable,
} from './graph.js';
export type { Precision } from './kinds.js';
export { type OpenOptions, openSession } from './open-session.js';
export type { Feed, Feeds, Held, Mode, Session } from './session.js';

import { sizeOf } from './dims.js';
import type { DataType, Operation, TypedArray, Value } from './graph.js';
import type { Kind } from './kinds.js';
import type { AttrValue, TensorShape } from './proto.js';

/** Numbers of tensorflow/core/framework/types.proto. */
export const TYPES = { float32: 1, int32: 3, bool: 10, bfloat16: 14 } as const;

/** One node of TensorFlow, but for its name. */
export interface NodeParts {
  readonly op: string;
  readonly input: readonly string[];
  readonly attr?: Readonly<Record<string, AttrValue>>;
}

/** What an encoding needs of the graph that is being written. Gives names of nodes. */
export interface Writer {
  name(value: Value): string;
  /** As name, in memory that is not a feed's, which belongs to whoever gave it. */
  own(value: Value): string;
  /** Rounded to bfloat16; one cast for each value. */
  rounded(value: Value): string;
  /** An int32 constant; default dims: [length]. */
  ints(values: readonly number[], dims?: readonly number[]): string;
  /** The handle of a variable. */
  state(name: string): string;
  /** A node whose only purpose is the one that is being encoded. */
  inner(parts: NodeParts): string;
}

/** Attributes of a node by name. */
type Attr = Readonly<Record<string, AttrValue>>;

type Encoding<K extends Kind> = (op: Operation<K>, write: Writer) => NodeParts;

const type = (dtype: DataType): AttrValue => ({ type: TYPES[dtype] });
const INT32 = type('int32');
const BFLOAT16 = { type: TYPES.bfloat16 };
const UINT16 = { type: 17 };
const UINT32 = { type: 22 };

export const shapeOf = (dims: readonly number[]): TensorShape => ({ dim: dims.map(size => ({ size })) });

/** Inputs as they are, and attribute T, their type. */
function plain(op: string, more: Attr = {}) {
  return ({ inputs }: Operation, write: Writer): NodeParts => ({
    op,
    input: inputs.map(write.name),
    attr: { T: type(inputs[inputs.length - 1].dtype), ...more },
  });
}

const resultFirst =
  (op: string) =>
  ({ inputs: [gradient, result] }: Operation, write: Writer): NodeParts => ({
    op,
    input: [write.name(result), write.name(gradient)],
    attr: { T: type('float32') },
  });

/** As many inputs as N says. */
const many =
  (op: string, more: (operation: Operation) => Attr = () => ({})) =>
  (operation: Operation, write: Writer) =>
    plain(op, { N: { i: operation.inputs.length }, ...more(operation) })(operation, write);

/** One input and what comes after it as constants. */
const withInts =
  <K extends Kind>(op: string, attr: string, ints: (operation: Operation<K>) => readonly (readonly number[])[]) =>
  (operation: Operation<K>, write: Writer): NodeParts => {
    const { op: name, input, attr: own } = plain(op, { [attr]: INT32 })(operation as Operation, write);
    return { op: name, input: [...input, ...ints(operation).map(values => write.ints(values))], attr: own };
  };

const reduced =
  (op: string): Encoding<'sum' | 'mean'> =>
  (operation, write) => {
    const { attributes } = operation;
    const { input, attr } = withInts<'sum' | 'mean'>(op, 'Tidx', () => [attributes.axes])(operation, write);
    return { op, input, attr: { ...attr, keep_dims: { b: attributes.keepDims } } };
  };

const product =
  (op: string, flagA: string, flagB: string): Encoding<'matMul' | 'batchMatMul'> =>
  ({ inputs, attributes: { transposeA, transposeB, precision } }, write) => {
    const flags: Attr = { [flagA]: { b: transposeA }, [flagB]: { b: transposeB } };
    if (precision === 'fp32') return { op, input: inputs.map(write.name), attr: { ...flags, T: type('float32') } };
    const made = write.inner({ op, input: inputs.map(write.rounded), attr: { ...flags, T: BFLOAT16 } });
    const attr: Attr = { SrcT: BFLOAT16, DstT: type('float32') };
    return { op: 'Cast', input: [made], attr };
  };

const changed =
  (op: string): Encoding<'assign' | 'assignAdd'> =>
  ({ inputs: [value], attributes: { name } }, write) => ({
    op,
    input: [write.state(name), write.own(value)],
    attr: { dtype: type('float32') },
  });

/** The first `size` of uint16 [words, 2]. */
function cutBits(halves: string, size: number, write: Writer): string {
  const flat = write.inner({
    op: 'Reshape',
    input: [halves, write.ints([size + 1])],
    attr: { T: UINT16, Tshape: INT32 },
  });
  return write.inner({
    op: 'Slice',
    input: [flat, write.ints([0]), write.ints([size])],
    attr: { T: UINT16, Index: INT32 },
  });
}

/** Every kind as TensorFlow's node. Source of ops and attributes: tensorflow/core/ops/*.cc, 2.15. */
export const ENCODINGS: { readonly [K in Kind]: Encoding<K> } = {
  placeholder: ({ outputs: [{ dims, dtype }] }) => ({
    op: 'Placeholder',
    input: [],
    attr: { dtype: type(dtype), shape: { shape: shapeOf(dims) } },
  }),
  constant: ({ attributes: { values }, outputs: [{ dims, dtype }] }, write) => {
    if (values.length === sizeOf(dims)) return constantNode(values, dims, dtype);
    const value = write.inner(constantNode(values, [], dtype));
    return { op: 'Fill', input: [write.ints(dims), value], attr: { T: type(dtype), index_type: INT32 } };
  },
  readVariable: ({ attributes: { name } }, write) => ({
    op: 'ReadVariableOp',
    input: [write.state(name)],
    attr: { dtype: type('float32') },
  }),
  randomUniform: ({ inputs: [seed], outputs: [{ dims }] }, write) => ({
    op: 'StatelessRandomUniform',
    input: [write.ints(dims), write.name(seed)],
    attr: { dtype: type('float32'), T: INT32, Tseed: INT32 },
  }),
  randomMask: ({ inputs: [seed], attributes: { threshold }, outputs: [{ dims }] }, write) => {
    const size = sizeOf(dims);
    const words = [Math.ceil(size / 2)];
    const attr: Attr = { dtype: UINT32, T: INT32, Tseed: INT32 };
    const drawn = write.inner({
      op: 'StatelessRandomUniformFullInt',
      input: [write.ints(words), write.name(seed)],
      attr,
    });
    const halves = write.inner({ op: 'Bitcast', input: [drawn], attr: { T: UINT32, type: UINT16 } }); // -> [words, 2]
    const whole = size % 2 === 0 ? halves : cutBits(halves, size, write);
    const bits = write.inner({
      op: 'Reshape',
      input: [whole, write.ints(dims)],
      attr: { T: UINT16, Tshape: INT32 },
    });
    const tensor_content = new Uint8Array(Uint16Array.of(threshold - 1).buffer);
    const tensor = { dtype: UINT16.type, tensor_shape: shapeOf([]), tensor_content };
    const limit = write.inner({ op: 'Const', input: [], attr: { dtype: UINT16, value: { tensor } } });
    return { op: 'LessEqual', input: [bits, limit], attr: { T: UINT16 } };
  },
  assign: changed('AssignVariableOp'),
  assignAdd: changed('AssignAddVariableOp'),
  applyAdam: ({ inputs, attributes: { name, first, second } }, write) => ({
    op: 'ResourceApplyAdam',
    input: [...[name, first, second].map(write.state), ...inputs.map(write.name)],
    attr: { T: type('float32') },
  }),
  add: plain('AddV2'),
  sub: plain('Sub'),
  mul: plain('Mul'),
  div: plain('RealDiv'),
  minimum: plain('Minimum'),
  maximum: plain('Maximum'),
  equal: plain('Equal'),
  notEqual: plain('NotEqual'),
  less: plain('Less'),
  reluGrad: plain('ReluGrad'),
  rsqrtGrad: resultFirst('RsqrtGrad'),
  tanhGrad: resultFirst('TanhGrad'),
  square: plain('Square'),
  sqrt: plain('Sqrt'),
  rsqrt: plain('Rsqrt'),
  exp: plain('Exp'),
  log: plain('Log'),
  tanh: plain('Tanh'),
  relu: plain('Relu'),
  neg: plain('Neg'),
  cast: ({ inputs: [x], outputs: [{ dtype }] }, write) => ({
    op: 'Cast',
    input: [write.name(x)],
    attr: { SrcT: type(x.dtype), DstT: type(dtype) },
  }),
  stopGradient: plain('Identity'),
  select: plain('SelectV2'),
  addAll: many('AddN'),
  matMul: product('MatMul', 'transpose_a', 'transpose_b'),
  batchMatMul: product('BatchMatMulV2', 'adj_x', 'adj_y'),
  reshape: withInts('Reshape', 'Tshape', ({ outputs: [{ dims }] }) => [dims]),
  broadcastTo: withInts('BroadcastTo', 'Tidx', ({ outputs: [{ dims }] }) => [dims]),
  transpose: withInts('Transpose', 'Tperm', ({ attributes: { perm } }) => [perm]),
  slice: withInts('Slice', 'Index', ({ attributes: { begin }, outputs: [{ dims }] }) => [begin, dims]),
  pad: ({ inputs: [x], attributes: { before }, outputs: [{ dims }] }, write) => {
    const both = before.flatMap((start, i) => [start, dims[i] - start - x.dims[i]]);
    const input = [write.name(x), write.ints(both, [dims.length, 2])];
    return { op: 'Pad', input, attr: { T: type(x.dtype), Tpaddings: INT32 } };
  },
  concat: ({ inputs, attributes: { axis } }, write) => ({
    op: 'ConcatV2',
    input: [...inputs.map(write.name), write.ints([axis], [])],
    attr: { T: type(inputs[0].dtype), N: { i: inputs.length }, Tidx: INT32 },
  }),
  split: ({ inputs: [x], attributes: { axis }, outputs }, write) => ({
    op: 'SplitV',
    input: [write.name(x), write.ints(outputs.map(({ dims }) => dims[axis])), write.ints([axis], [])],
    attr: { T: type(x.dtype), Tlen: INT32, num_split: { i: outputs.length } },
  }),
  stack: many('Pack', ({ attributes }) => ({ axis: { i: (attributes as { axis: number }).axis } })),
  unstack: (operation, write) => {
    const { attributes, outputs } = operation;
    return plain('Unpack', { num: { i: outputs.length }, axis: { i: attributes.axis } })(operation as Operation, write);
  },
  sum: reduced('Sum'),
  mean: reduced('Mean'),
  argMax: ({ inputs: [x], attributes: { axis } }, write) => ({
    op: 'ArgMax',
    input: [write.name(x), write.ints([axis], [])],
    attr: { T: type(x.dtype), Tidx: INT32, output_type: INT32 },
  }),
  softmax: plain('Softmax'),
  sparseCrossEntropy: ({ inputs }, write) => ({
    op: 'SparseSoftmaxCrossEntropyWithLogits',
    input: inputs.map(write.name),
    attr: { T: type('float32'), Tlabels: INT32 },
  }),
  gather: ({ inputs: [table, ids] }, write) => ({
    op: 'GatherV2',
    input: [write.name(table), write.name(ids), write.ints([0], [])],
    attr: { Tparams: type(table.dtype), Tindices: INT32, Taxis: INT32, batch_dims: { i: 0 } },
  }),
  segmentSum: ({ inputs: [x, ids], attributes: { count } }, write) => ({
    op: 'UnsortedSegmentSum',
    input: [write.name(x), write.name(ids), write.ints([count], [])],
    attr: { T: type(x.dtype), Tindices: INT32, Tnumsegments: INT32 },
  }),
  oneHot: ({ inputs: [ids], attributes: { depth } }, write) => {
    const one = (value: number) => write.inner(constantNode(Float32Array.of(value), [], 'float32'));
    const input = [write.name(ids), write.ints([depth], []), one(1), one(0)];
    return { op: 'OneHot', input, attr: { T: type('float32'), TI: INT32, axis: { i: -1 } } };
  },
};

/** A Const node. */
export function constantNode(values: TypedArray, dims: readonly number[], dtype: DataType): NodeParts {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const tensor = { dtype: TYPES[dtype], tensor_shape: shapeOf(dims), tensor_content: bytes };
  return { op: 'Const', input: [], attr: { dtype: type(dtype), value: { tensor } } };
}

import { fail } from '../../base/index.js';
import { broadcastDims, checkTypes, sameDims, shownForms } from '../dims.js';
import { addValue, type DataType, type Value } from '../graph.js';
import type { Kind } from '../kinds.js';
import { type Operand, values } from './constant.js';

type Binary = 'add' | 'sub' | 'mul' | 'div' | 'minimum' | 'maximum' | 'equal' | 'notEqual' | 'less';
type Unary = 'square' | 'sqrt' | 'rsqrt' | 'exp' | 'log' | 'tanh' | 'relu' | 'neg';

/** Dims are aligned from the right and 1 stretches; a number takes the other's type. */
function binary(kind: Binary, dtype?: DataType) {
  const allowed = kind === 'div' ? ['float32'] : undefined;
  return (left: Operand, right: Operand): Value => {
    const [a, b] = values([left, right]);
    checkTypes(kind, [a, b], allowed);
    const dims = broadcastDims(kind, a.dims, b.dims);
    return addValue(a.graph, { kind, inputs: [a, b], attributes: {}, dims, dtype: dtype ?? a.dtype });
  };
}

const REAL: readonly Kind[] = ['sqrt', 'rsqrt', 'exp', 'log', 'tanh'];

function unary(kind: Unary) {
  const allowed = REAL.includes(kind) ? ['float32'] : undefined;
  return (x: Value): Value => {
    checkTypes(kind, [x], allowed);
    return addValue(x.graph, { kind, inputs: [x], attributes: {}, dims: x.dims, dtype: x.dtype });
  };
}

export const add = binary('add');
export const sub = binary('sub');
export const mul = binary('mul');
export const div = binary('div');
export const minimum = binary('minimum');
export const maximum = binary('maximum');
export const equal = binary('equal', 'bool');
export const notEqual = binary('notEqual', 'bool');
export const less = binary('less', 'bool');

export const square = unary('square');
export const sqrt = unary('sqrt');
/** 1 / sqrt(x) */
export const rsqrt = unary('rsqrt');
export const exp = unary('exp');
export const log = unary('log');
export const tanh = unary('tanh');
export const relu = unary('relu');
export const neg = unary('neg');

/** Gradients in one kernel: of the incoming gradient and the result. Equal dims. */
function backward(kind: 'reluGrad' | 'rsqrtGrad' | 'tanhGrad') {
  return (gradient: Value, result: Value): Value => {
    checkTypes(kind, [gradient, result], ['float32']);
    if (!sameDims(gradient.dims, result.dims))
      fail(`inputs of ${kind} must have equal dims, got ${shownForms(gradient, result)}`);
    const { graph, dims, dtype } = result;
    return addValue(graph, { kind, inputs: [gradient, result], attributes: {}, dims, dtype });
  };
}

export const reluGrad = backward('reluGrad');
export const rsqrtGrad = backward('rsqrtGrad');
export const tanhGrad = backward('tanhGrad');

/** Real to integer cuts towards 0; to bool is "not 0". */
export const cast = (x: Value, dtype: DataType): Value =>
  x.dtype === dtype
    ? x
    : addValue(x.graph, { kind: 'cast', inputs: [x], attributes: {}, dims: x.dims, dtype, key: dtype });

/** The same value, that no gradient passes. */
export const stopGradient = (x: Value): Value =>
  addValue(x.graph, { kind: 'stopGradient', inputs: [x], attributes: {}, dims: x.dims, dtype: x.dtype });

/** `yes` where the condition holds, elsewhere `no`. */
export function select(condition: Value, yes: Operand, no: Operand): Value {
  if (condition.dtype !== 'bool') fail(`condition of select must be bool, got ${shownForms(condition)}`);
  const [, a, b] = values([typeof yes === 'number' ? no : yes, yes, no]);
  checkTypes('select', [a, b]);
  const dims = broadcastDims('select', condition.dims, broadcastDims('select', a.dims, b.dims));
  return addValue(a.graph, { kind: 'select', inputs: [condition, a, b], attributes: {}, dims, dtype: a.dtype });
}

/** The sum of values of equal dims in one kernel. */
export function addAll(terms: readonly Value[]): Value {
  if (terms.length === 0) fail('addAll must have at least one input, got none');
  checkTypes('addAll', terms);
  const [{ graph, dims, dtype }] = terms;
  if (terms.some(term => !sameDims(term.dims, dims)))
    fail(`inputs of addAll must have equal dims, got ${shownForms(...terms)}`);
  return terms.length === 1
    ? terms[0]
    : addValue(graph, { kind: 'addAll', inputs: terms, attributes: {}, dims, dtype });
}

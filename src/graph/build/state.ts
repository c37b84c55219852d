import { fail, mustBe } from '../../base/index.js';
import { checkDims, sameDims, shownForms } from '../dims.js';
import { addOperation, addValue, type DataType, type Effect, type Graph, type Value, type Variable } from '../graph.js';
import { constant } from './constant.js';

/** A value that each run is given by name. */
export function placeholder(graph: Graph, name: string, dims: readonly number[], dtype: DataType = 'float32'): Value {
  checkName('placeholder', name, graph.placeholders);
  checkDims(name, dims);
  const value = addValue(graph, { kind: 'placeholder', inputs: [], attributes: { name }, dims, dtype });
  graph.placeholders.set(name, value);
  return value;
}

/** State of the session, zeros until it is written. */
export function variable(graph: Graph, name: string, dims: readonly number[]): Variable {
  checkName('variable', name, graph.variables);
  const made = { graph, name, dims: checkDims(name, dims) };
  graph.variables.set(name, made);
  return made;
}

/** The value before the effects of a run. */
export const read = ({ graph, name, dims }: Variable): Value =>
  addValue(graph, { kind: 'readVariable', inputs: [], attributes: { name }, dims, dtype: 'float32' });

export const assign = (state: Variable, value: Value): Effect => effect('assign', state, value);

export const assignAdd = (state: Variable, value: Value): Effect => effect('assignAdd', state, value);

function effect(kind: 'assign' | 'assignAdd', state: Variable, value: Value): Effect {
  checkFits(kind, state, value);
  const attributes = { name: state.name };
  return { op: addOperation(state.graph, { kind, inputs: [value], attributes, outputs: [], key: undefined }) };
}

export interface AdamStep {
  readonly variable: Variable;
  /** Running means of the gradient and of its square. */
  readonly first: Variable;
  readonly second: Variable;
  readonly gradient: Value;
  /** Scalars. beta1 and beta2 to the power of the count of steps, this one included. */
  readonly beta1Power: Value | number;
  readonly beta2Power: Value | number;
  readonly rate: Value | number;
  readonly beta1: Value | number;
  readonly beta2: Value | number;
  readonly epsilon: Value | number;
}

/**
 * One step of Adam, all in one kernel:
 * first += (g - first)(1 - beta1); second += (g^2 - second)(1 - beta2);
 * variable -= rate sqrt(1 - beta2Power) / (1 - beta1Power) first / (sqrt(second) + epsilon).
 * Source: Kingma and Ba 2015, section 2, with their epsilon hat.
 */
export function resourceApplyAdam(step: AdamStep): Effect {
  const { variable: state, first, second, gradient } = step;
  checkFits('resourceApplyAdam', state, gradient);
  for (const moment of [first, second]) checkFits('resourceApplyAdam', moment, gradient);
  const { graph } = state;
  const settings = [step.beta1Power, step.beta2Power, step.rate, step.beta1, step.beta2, step.epsilon];
  const scalars = settings.map(value => (typeof value === 'number' ? constant(graph, value) : value));
  for (const scalar of scalars)
    if (scalar.dims.length > 0 || scalar.dtype !== 'float32')
      fail(`settings of resourceApplyAdam must be float32 scalars, got ${shownForms(scalar)}`);
  const attributes = { name: state.name, first: first.name, second: second.name };
  const inputs = [...scalars, gradient];
  return { op: addOperation(graph, { kind: 'applyAdam', inputs, attributes, outputs: [], key: undefined }) };
}

/** Names a value that runs may fetch. The effects in `after` happen in every run that fetches it. */
export function output(graph: Graph, name: string, value: Value, after: readonly Effect[] = []): void {
  checkName('output', name, graph.fetches);
  graph.fetches.set(name, { value, after });
}

function checkFits(kind: string, { name, dims }: Variable, value: Value): void {
  if (value.dtype !== 'float32' || !sameDims(value.dims, dims))
    fail(`${kind} of ${name} must be given float32 [${dims.join(', ')}], got ${shownForms(value)}`);
}

/** As TensorFlow takes them; the addon parts lists at commas. */
const NAME = /^[A-Za-z][\w./-]*$/;

function checkName(what: string, name: string, taken: ReadonlyMap<string, unknown>): void {
  if (!NAME.test(name)) fail(mustBe(`name of ${what}`, 'a letter, then letters, digits, _ . / or -', name));
  if (taken.has(name)) fail(`names of ${what}s must differ, got ${name} twice`);
}

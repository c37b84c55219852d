import { fail } from '../base/index.js';
import type { Attributes, Kind } from './kinds.js';

export type DataType = 'float32' | 'int32' | 'bool';
export type TypedArray = Float32Array | Int32Array | Uint8Array;

/** The form of a value before it exists. */
export interface Form {
  readonly dims: readonly number[];
  readonly dtype: DataType;
}

/** One result of an operation. All dims are known when the graph is built. */
export interface Value extends Form {
  readonly graph: Graph;
  readonly op: Operation;
  /** Which of the operation's results, from 0. */
  readonly output: number;
}

/** A step of the graph, e.g. matMul_12. */
export interface Operation<K extends Kind = Kind> {
  readonly kind: K;
  /** Place in graph.operations; every input comes from an earlier one. */
  readonly id: number;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes[K];
  readonly outputs: readonly Value[];
}

/** State that the session keeps between runs: float32, zeros at first. */
export interface Variable {
  readonly graph: Graph;
  readonly name: string;
  readonly dims: readonly number[];
}

/** A change of a variable. It happens in the runs whose fetches name it; see output. */
export interface Effect {
  readonly op: Operation;
}

/** What a run may ask for by name. */
export interface Fetch {
  readonly value: Value;
  readonly after: readonly Effect[];
}

/** A computation as data. It grows through the builders and is never changed otherwise. */
export interface Graph {
  readonly operations: Operation[];
  readonly placeholders: Map<string, Value>;
  readonly variables: Map<string, Variable>;
  readonly fetches: Map<string, Fetch>;
  /** Equal operations are one: by kind, inputs and attributes. */
  readonly known: Map<string, Operation>;
}

export const createGraph = (): Graph => ({
  operations: [],
  placeholders: new Map(),
  variables: new Map(),
  fetches: new Map(),
  known: new Map(),
});

/** What an operation is made of; see addOperation. */
export interface Parts<K extends Kind> {
  readonly kind: K;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes[K];
  readonly outputs: readonly Form[];
  /** What tells it from others of its kind and inputs; default: its attributes. Undefined: it is like no other. */
  readonly key?: string | undefined;
}

/** Appends an operation, or gives the equal one that is there already. */
export function addOperation<K extends Kind>(graph: Graph, parts: Parts<K>): Operation<K> {
  const { kind, inputs, attributes, outputs } = parts;
  if (inputs.some(input => input.graph !== graph)) fail(`inputs of ${kind} must be of one graph, got two`);
  const told = 'key' in parts ? parts.key : JSON.stringify(attributes);
  const key = told === undefined ? undefined : `${kind}(${inputs.map(nameOf).join()})${told}`;
  const before = key === undefined ? undefined : graph.known.get(key);
  if (before) return before as Operation<K>;
  const made: Value[] = [];
  const op: Operation<K> = { kind, id: graph.operations.length, inputs, attributes, outputs: made };
  made.push(...outputs.map(({ dims, dtype }, output) => ({ graph, dims, dtype, op, output })));
  graph.operations.push(op);
  if (key !== undefined) graph.known.set(key, op);
  return op;
}

/** An operation of one result. */
export const addValue = <K extends Kind>(graph: Graph, parts: Omit<Parts<K>, 'outputs'> & Form): Value =>
  addOperation(graph, { ...parts, outputs: [{ dims: parts.dims, dtype: parts.dtype }] }).outputs[0];

/** @example operationName(op) // => 'matMul_12' */
export const operationName = ({ kind, id }: Operation) => `${kind}_${id}`;

/** @example nameOf(value) // => 'unstack_7:1' */
export const nameOf = ({ op, output }: Value) => `${operationName(op)}:${output}`;

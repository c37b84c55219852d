import type { Tensor } from '@tensorflow/tfjs-core';
import { fail, unknownName } from '../base/index.js';
import type { Tensorflow } from './backend.js';
import { type Graph, nameOf, type Operation, operationName, type TypedArray } from './graph.js';
import { type Context, KERNELS } from './kernels.js';
import type { Kind } from './kinds.js';
import { checkFeeds, checkStates, createPlanner, isHeld, type Plan } from './plan.js';
import type { Held, Session } from './session.js';

/** A graph run operation by operation on TensorFlow.js's current backend. */
export function createEagerSession(graph: Graph, tf: Tensorflow): Session {
  const states = new Map<string, Tensor>();
  const constants = new Map<Operation, Tensor>();
  const context = createContext(graph, tf, states);
  const planOf = createPlanner(graph);
  const runKeep: Session['runKeep'] = (fetches, feeds = {}) => {
    const plan = planOf(fetches);
    const given = checkFeeds(graph, plan, feeds);
    const sources = new Map(plan.placeholders.map(({ op }, i) => [op, given[i]]));
    const results = tf.tidy(() => {
      const found = execute(plan, (op, inputs) => {
        const feed = sources.get(op);
        if (feed) return [tensorOf(tf, op, feed)];
        return op.kind === 'constant' ? [constantOf(context, op, constants)] : compute(context, inputs, op);
      });
      return found.map(result => tf.clone(result)); // fetches of one value are released one by one
    });
    return plan.values.map(({ dims, dtype }, i) => ({ dims, dtype, handle: results[i] }));
  };
  const readVariable = (name: string) => context.state(name).dataSync<'float32'>().slice();
  return {
    mode: 'eager',
    runKeep,
    run: (fetches, feeds) => runKeep(fetches, feeds).map(({ handle }) => take(handle as Tensor)),
    release: held => tf.dispose(held.map(({ handle }) => handle as Tensor)),
    readVariable,
    readVariables: names => names.map(readVariable),
    writeVariables: values => {
      checkStates(graph, values);
      for (const [name, value] of values)
        context.change(name, tf.tensor(value.slice(), [...graph.variables.get(name)!.dims]));
    },
    dispose: () => tf.dispose([...states.values(), ...constants.values()]),
  };
}

/** Variables as kept tensors, zeros at first. */
function createContext(graph: Graph, tf: Tensorflow, states: Map<string, Tensor>): Context {
  const context: Context = {
    tf,
    state: name => states.get(name) ?? fail(unknownName('variable', name, [...graph.variables.keys()])),
    change: (name, value) => {
      states.get(name)?.dispose();
      states.set(name, tf.keep(value));
    },
  };
  for (const { name, dims } of graph.variables.values()) context.change(name, tf.zeros([...dims]));
  return context;
}

/** A copy: variables may take it over. */
function tensorOf(tf: Tensorflow, { outputs: [{ dims, dtype }] }: Operation, feed: TypedArray | Held): Tensor {
  return isHeld(feed) ? tf.clone(feed.handle as Tensor) : tf.tensor(feed.slice(), [...dims], dtype);
}

/** Constants are made once. */
function constantOf(context: Context, op: Operation, constants: Map<Operation, Tensor>): Tensor {
  const made = constants.get(op) ?? context.tf.keep(compute(context, [], op)[0]);
  constants.set(op, made);
  return context.tf.clone(made);
}

/** One operation. What its kernel leaves behind is given back. */
function compute<K extends Kind>(context: Context, inputs: readonly Tensor[], op: Operation<K>): Tensor[] {
  try {
    return context.tf.tidy(() => [KERNELS[op.kind](context, inputs, op)].flat());
  } catch (error) {
    return fail(`${operationName(op)} must run, got ${(error as Error).message}`);
  }
}

/** Reads come first, so that they see what was before the effects; a value is given back after its last use. */
function execute(
  { operations, values }: Plan,
  make: (op: Operation, inputs: readonly Tensor[]) => readonly Tensor[],
): Tensor[] {
  const isRead = ({ kind }: Operation) => kind === 'readVariable';
  const ordered = [...operations.filter(isRead), ...operations.filter(op => !isRead(op))];
  const namesOf = ({ inputs, outputs }: Operation) => new Set([...outputs, ...inputs].map(nameOf));
  const lastUse = new Map(ordered.flatMap(op => [...namesOf(op)].map(name => [name, op])));
  for (const value of values) lastUse.delete(nameOf(value));
  const live = new Map<string, Tensor>();
  for (const op of ordered) {
    const inputs = op.inputs.map(input => live.get(nameOf(input))!);
    const results = make(op, inputs);
    op.outputs.forEach((output, i) => void live.set(nameOf(output), results[i]));
    for (const name of namesOf(op)) if (lastUse.get(name) === op) live.get(name)!.dispose();
  }
  return values.map(value => live.get(nameOf(value))!);
}

function take(result: Tensor): TypedArray {
  const values = result.dataSync().slice() as TypedArray; // the plain backend gives its own memory
  result.dispose();
  return values;
}

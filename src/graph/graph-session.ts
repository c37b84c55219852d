import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fail, unknownName } from '../base/index.js';
import type { Binding } from './backend.js';
import { shownForms, sizeOf } from './dims.js';
import { TYPES } from './encodings.js';
import { type Graph, operationName, type TypedArray } from './graph.js';
import { checkFeeds, checkStates, createPlanner, isHeld } from './plan.js';
import { encodeSavedModel, TAG } from './proto.js';
import { type SavedNames, writeNodes } from './saved-model.js';
import type { Held, Session } from './session.js';

/** A graph in TensorFlow's hands. */
interface Loaded {
  readonly graph: Graph;
  readonly binding: Binding;
  /** The addon's number for it. */
  readonly model: number;
  readonly names: SavedNames;
}

/** What a node is given. */
interface Input extends Pick<Held, 'dims' | 'dtype'> {
  readonly node: string;
  readonly feed: TypedArray | Held;
}

/**
 * A graph run whole by TensorFlow, as a SavedModel whose variables are resources of this session.
 *
 * The first run of a set of fetches compiles it, which takes as long as a few runs: use few sets. A run that succeeds
 * leaves nothing in native memory (resident memory stays level over 20,000 runs); one that fails keeps its feeds there.
 */
export function createGraphSession(graph: Graph, binding: Binding): Session {
  const loaded = loadGraph(graph, binding);
  const planOf = createPlanner(graph);
  const runKeep: Session['runKeep'] = (fetches, feeds = {}) => {
    const plan = planOf(fetches);
    const given = checkFeeds(graph, plan, feeds);
    const inputs = plan.placeholders.map(({ op, dims, dtype }, i) => {
      return { node: operationName(op), dims, dtype, feed: given[i] };
    });
    const outputs = fetches.map(name => loaded.names.fetches.get(name)!);
    const ids = runNodes(loaded, inputs, outputs);
    return plan.values.map(({ dims, dtype }, i) => ({ dims, dtype, handle: ids[i] }));
  };
  writeStates(loaded, zeros(graph));
  return {
    mode: 'graph',
    runKeep,
    run: (fetches, feeds) => runKeep(fetches, feeds).map(({ handle }) => take(binding, handle as number)),
    release: held => {
      for (const { handle } of held) binding.deleteTensor(handle as number);
    },
    readVariable: name => readStates(loaded, [name])[0],
    readVariables: names => readStates(loaded, names),
    writeVariables: values => {
      checkStates(graph, values);
      writeStates(loaded, values);
    },
    dispose: () => binding.deleteSavedModel(loaded.model),
  };
}

function loadGraph(graph: Graph, binding: Binding): Loaded {
  const folder = mkdtempSync(join(tmpdir(), `shapelaw-graph-${process.pid}-`));
  try {
    const { nodes, names } = writeNodes(graph, basename(folder));
    writeFileSync(join(folder, 'saved_model.pb'), encodeSavedModel(nodes));
    return { graph, binding, model: binding.loadSavedModel(folder, TAG), names };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Ids of the results, which are the caller's to delete. */
function runNodes({ graph, binding, model }: Loaded, inputs: readonly Input[], outputs: readonly string[]): number[] {
  const made: number[] = [];
  const idOf = ({ dims, dtype, feed }: Input) => {
    if (isHeld(feed)) return feed.handle as number;
    made.push(binding.createTensor([...dims], TYPES[dtype], feed));
    return made[made.length - 1];
  };
  try {
    const nodes = inputs.map(({ node }) => node).join();
    return binding.runSavedModel(model, inputs.map(idOf), nodes, outputs.join()).map(({ id }) => id);
  } catch (error) {
    return fail(explain(graph, error as Error));
  } finally {
    for (const id of made) binding.deleteTensor(id);
  }
}

function take(binding: Binding, id: number): TypedArray {
  const values = binding.tensorDataSync(id);
  binding.deleteTensor(id);
  return values;
}

function readStates(loaded: Loaded, variables: readonly string[]): Float32Array[] {
  const { states } = loaded.names;
  const nodes = variables.map(
    name => states.get(name)?.read ?? fail(unknownName('variable', name, [...states.keys()])),
  );
  return runNodes(loaded, [], nodes).map(id => take(loaded.binding, id) as Float32Array);
}

function writeStates(loaded: Loaded, values: ReadonlyMap<string, Float32Array>): void {
  if (values.size === 0) return;
  const { states } = loaded.names;
  const inputs = [...values].map(([name, feed]): Input => {
    const { dims } = loaded.graph.variables.get(name)!;
    return { node: states.get(name)!.value, dims, dtype: 'float32', feed };
  });
  const written = [...values.keys()].map(name => states.get(name)!.written);
  for (const id of runNodes(loaded, inputs, written)) loaded.binding.deleteTensor(id);
}

const zeros = ({ variables }: Graph) =>
  new Map([...variables.values()].map(({ name, dims }) => [name, new Float32Array(sizeOf(dims))]));

/** TensorFlow's message as one line that says which operation failed, and on what. */
function explain(graph: Graph, { message }: Error): string {
  const node = /\{\{(?:function_)?node ([^}]+)\}\}/.exec(message)?.[1];
  const [first] = message.replace(/^Session fail to run with error: /, '').split(/\n|\s*\[\[/);
  const op = graph.operations.find(one => operationName(one) === node);
  const subject = op ? `${node} of ${shownForms(...op.inputs)}` : (node ?? 'graph');
  return `${subject} must run, got ${first.trim().replace(/\.$/, '')}`;
}

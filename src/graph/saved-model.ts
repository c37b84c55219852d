import { constantNode, ENCODINGS, type NodeParts, shapeOf, TYPES, type Writer } from './encodings.js';
import { type Graph, nameOf, type Operation, operationName, type Value, type Variable } from './graph.js';
import type { Kind } from './kinds.js';
import type { NodeDef } from './proto.js';

/** Nodes of the saved graph. Their names are short: the addon copies the list of a run's names for each of them. */
export interface SavedNames {
  readonly fetches: ReadonlyMap<string, string>;
  readonly states: ReadonlyMap<string, StateNames>;
}

/** A variable's handle; a node that gives its value; one that takes a new value, and one that has stored it. */
interface StateNames {
  readonly handle: string;
  readonly read: string;
  readonly value: string;
  readonly written: string;
}

const FLOAT = { type: TYPES.float32 };
const BFLOAT16 = { type: TYPES.bfloat16 };

/**
 * A graph as TensorFlow's nodes: first the variables, then its operations under their own names, then its fetches.
 *
 * @param owner tells the variables of this session from those of others
 */
export function writeNodes(graph: Graph, owner: string): { nodes: NodeDef[]; names: SavedNames } {
  const nodes: NodeDef[] = [];
  const add: Add = (name, { op, input, attr = {} }) => {
    nodes.push({ name, op, input, attr });
    return name;
  };
  add('done', constantNode(Float32Array.of(0), [], 'float32'));
  const variables = [...graph.variables.values()];
  const states = new Map(variables.map((state, i) => [state.name, writeState(state, `${i}`, owner, add)]));
  const writer = createWriter(states, add);
  const reads = new Map(graph.operations.filter(isRead).map(op => [op.attributes.name, operationName(op)]));
  for (const op of graph.operations) {
    const { op: kind, input, attr } = encode(op, writer);
    const before = changedBy(op).flatMap(name => reads.get(name) ?? []);
    add(operationName(op), { op: kind, input: [...input, ...before.map(name => `^${name}`)], attr });
  }
  const fetches = new Map(
    [...graph.fetches].map(([name, { value, after }], i) => {
      const input = [nameOf(value), ...after.map(({ op }) => `^${operationName(op)}`)];
      return [name, add(`fetch_${i}`, { op: 'Identity', input, attr: { T: { type: TYPES[value.dtype] } } })];
    }),
  );
  return { nodes, names: { fetches, states } };
}

type Add = (name: string, parts: NodeParts) => string;

const encode = <K extends Kind>(op: Operation<K>, writer: Writer) => ENCODINGS[op.kind](op, writer);

const isRead = (op: Operation): op is Operation<'readVariable'> => op.kind === 'readVariable';

/** Names of the variables that an operation changes. */
function changedBy({ kind, attributes }: Operation): string[] {
  if (kind !== 'assign' && kind !== 'assignAdd' && kind !== 'applyAdam') return [];
  return Object.values(attributes as Record<string, string>);
}

function writeState({ name, dims }: Variable, index: string, owner: string, add: Add): StateNames {
  const shape = { shape: shapeOf(dims) };
  const shared_name = { s: Buffer.from(`${owner}/${name}`) };
  const dtype = FLOAT;
  const handle = add(`state_${index}`, { op: 'VarHandleOp', input: [], attr: { dtype, shape, shared_name } });
  const read = add(`read_${index}`, { op: 'ReadVariableOp', input: [handle], attr: { dtype } });
  const value = add(`value_${index}`, { op: 'Placeholder', input: [], attr: { dtype, shape } });
  const own = add(`own_${index}`, { op: 'DeepCopy', input: [value], attr: { T: FLOAT } });
  const stored = add(`store_${index}`, { op: 'AssignVariableOp', input: [handle, own], attr: { dtype } });
  const written = add(`written_${index}`, { op: 'Identity', input: ['done', `^${stored}`], attr: { T: FLOAT } });
  return { handle, read, value, written };
}

function createWriter(states: ReadonlyMap<string, StateNames>, add: Add): Writer {
  const made = new Map<string, string>();
  const once = (key: string, parts: () => NodeParts) => {
    const name = made.get(key) ?? inner(parts());
    made.set(key, name);
    return name;
  };
  let inners = 0;
  const inner = (parts: NodeParts) => add(`inner_${inners++}`, parts);
  return {
    inner,
    name: nameOf,
    own: value =>
      sharesFeed(value) ? inner({ op: 'DeepCopy', input: [nameOf(value)], attr: { T: FLOAT } }) : nameOf(value),
    rounded: value =>
      once(`bf16 ${nameOf(value)}`, () => ({
        op: 'Cast',
        input: [nameOf(value)],
        attr: { SrcT: FLOAT, DstT: BFLOAT16 },
      })),
    ints: (values, dims = [values.length]) =>
      once(`[${dims}] ${values}`, () => constantNode(Int32Array.from(values), dims, 'int32')),
    state: name => states.get(name)!.handle,
  };
}

/** Whether a value may lie in the memory of what was fed: TensorFlow takes that over without a copy. */
function sharesFeed({ op: { kind, inputs } }: Value): boolean {
  const passesOn: readonly Kind[] = [
    'reshape',
    'stopGradient',
    'unstack',
    'split',
    'slice',
    'broadcastTo',
    'transpose',
  ];
  return kind === 'placeholder' || (passesOn.includes(kind) && sharesFeed(inputs[0]));
}

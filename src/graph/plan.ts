import { fail, unknownName } from '../base/index.js';
import { sizeOf } from './dims.js';
import type { Effect, Graph, Operation, TypedArray, Value } from './graph.js';
import type { Feeds, Held } from './session.js';

/** What a set of fetches needs. */
export interface Plan {
  readonly fetches: readonly string[];
  readonly values: readonly Value[];
  /** Every operation that has to happen, in the graph's order. */
  readonly operations: readonly Operation[];
  readonly placeholders: readonly Value[];
}

/** Plans of one graph; each set of fetches is looked through once. */
export function createPlanner(graph: Graph): (fetches: readonly string[]) => Plan {
  const plans = new Map<string, Plan>();
  return fetches => {
    const key = fetches.join();
    const plan = plans.get(key) ?? planRun(graph, fetches);
    plans.set(key, plan);
    return plan;
  };
}

function planRun(graph: Graph, fetches: readonly string[]): Plan {
  const wanted = fetches.map(
    name => graph.fetches.get(name) ?? fail(unknownName('output', name, [...graph.fetches.keys()])),
  );
  const values = wanted.map(({ value }) => value);
  const needed = ancestors(
    values,
    wanted.flatMap(({ after }) => after),
  );
  const placeholders = [...graph.placeholders.values()].filter(({ op }) => needed.has(op));
  return { fetches, values, operations: graph.operations.filter(op => needed.has(op)), placeholders };
}

function ancestors(values: readonly Value[], effects: readonly Effect[]): ReadonlySet<Operation> {
  const needed = new Set<Operation>();
  const waiting = [...values, ...effects].map(({ op }) => op);
  for (let op = waiting.pop(); op; op = waiting.pop()) {
    if (needed.has(op)) continue;
    needed.add(op);
    waiting.push(...op.inputs.map(input => input.op));
  }
  return needed;
}

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

export const isHeld = (feed: unknown): feed is Held => typeof feed === 'object' && feed !== null && 'handle' in feed;

/** The feeds of a plan's placeholders, in their order. Feeds that it does not need are left out. */
export function checkFeeds(graph: Graph, { placeholders, fetches }: Plan, feeds: Feeds): (TypedArray | Held)[] {
  for (const name of Object.keys(feeds))
    if (!graph.placeholders.has(name)) fail(unknownName('placeholder', name, [...graph.placeholders.keys()]));
  return placeholders.map(({ op, dims, dtype }) => {
    const { name } = (op as Operation<'placeholder'>).attributes;
    const feed = feeds[name];
    if (feed === undefined) fail(`${name} must be fed to run ${fetches.join(' and ')}, got no value`);
    const size = sizeOf(dims);
    const rule = `${name} must be fed ${ARRAYS[dtype].name} of ${size} for [${dims.join(', ')}]`;
    if (isHeld(feed)) {
      if (feed.dtype === dtype && feed.dims.join() === dims.join()) return feed;
      return fail(`${rule}, got a kept ${feed.dtype} [${feed.dims.join(', ')}]`);
    }
    const values = typeof feed === 'number' ? ARRAYS[dtype].of(feed) : feed;
    if (values.length === size && values instanceof ARRAYS[dtype]) return values;
    return fail(`${rule}, got ${values.constructor.name} of ${values.length}`);
  });
}

/** A variable's new values must be as many as it has. */
export function checkStates(graph: Graph, values: ReadonlyMap<string, Float32Array>): void {
  for (const [name, { length }] of values) {
    const { dims } = graph.variables.get(name) ?? fail(unknownName('variable', name, [...graph.variables.keys()]));
    if (length !== sizeOf(dims)) fail(`${name} must have ${sizeOf(dims)} values, got ${length}`);
  }
}

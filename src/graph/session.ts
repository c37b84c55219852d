import type { DataType, TypedArray } from './graph.js';

/** What a placeholder is given: its values in row-major order, a number for a scalar, or a result that was kept. */
export type Feed = TypedArray | number | Held;

export type Feeds = Readonly<Record<string, Feed>>;

/** A result that stays in native memory until it is released. */
export interface Held {
  readonly dims: readonly number[];
  readonly dtype: DataType;
  /** The session's own name for it. */
  readonly handle: unknown;
}

export type Mode = 'graph' | 'eager';

/** A graph that runs, with its state. Free of hidden work: nothing happens but in these calls. */
export interface Session {
  readonly mode: Mode;
  /** The values of named fetches, copied out; their effects have happened. */
  run(fetches: readonly string[], feeds?: Feeds): TypedArray[];
  /** As run; the results stay native, may be fed again, and must be released. */
  runKeep(fetches: readonly string[], feeds?: Feeds): Held[];
  release(held: readonly Held[]): void;
  readVariable(name: string): Float32Array;
  /** All in one run. */
  readVariables(names: readonly string[]): Float32Array[];
  /** All in one run. Variables that are not named stay. */
  writeVariables(values: ReadonlyMap<string, Float32Array>): void;
  dispose(): void;
}

import { fail } from '../base/index.js';
import { loadBackend } from './backend.js';
import { createEagerSession } from './eager-session.js';
import type { Graph } from './graph.js';
import { createGraphSession } from './graph-session.js';
import type { Mode, Session } from './session.js';

export interface OpenOptions {
  /** Default: graph where TensorFlow's addon loads, else eager. */
  readonly mode?: Mode;
}

/** Makes a graph run, as it is now: what is built later is not seen. Variables start at 0. */
export async function openSession(graph: Graph, { mode }: OpenOptions = {}): Promise<Session> {
  const { tf, binding } = await loadBackend();
  if (mode === 'eager' || (mode === undefined && !binding)) return createEagerSession(graph, tf);
  if (!binding) return fail(`mode must be eager where TensorFlow's addon does not load, got ${mode}`);
  return createGraphSession(graph, binding);
}

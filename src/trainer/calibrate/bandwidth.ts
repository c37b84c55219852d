import {
  add,
  broadcastTo,
  createGraph,
  mean,
  mul,
  openSession,
  output,
  placeholder,
  type Value,
} from '../../graph/index.js';
import { type Clock, medianSeconds, type Repeats } from './clock.js';

/** Numbers of an array: 4 MiB, the size of a layer's activations. */
const LENGTH = 2 ** 20;
/** Kernels of a run; the call itself is lost in them. */
const KERNELS = 24;
const REPEATS: Repeats = { least: 7, seconds: 0.1 };
/** Two arrays read, one written, 4 bytes a number. */
const BYTES = 12;

/** Bytes a second that kernels move which only add or multiply. */
export async function measureBandwidth(clock: Clock): Promise<number> {
  const graph = createGraph();
  const array = mul(broadcastTo(placeholder(graph, 'x', []), [LENGTH]), 1);
  let value: Value = array;
  for (let i = 0; i < KERNELS; i++) value = i % 2 === 0 ? add(value, array) : mul(value, array);
  output(graph, 'chain', mean(value, [0]));
  const session = await openSession(graph);
  try {
    return (KERNELS * BYTES * LENGTH) / medianSeconds(() => void session.run(['chain'], { x: 0.5 }), REPEATS, clock);
  } finally {
    session.dispose();
  }
}

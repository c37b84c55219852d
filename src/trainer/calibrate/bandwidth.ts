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
const CHAIN = 24;
const FEW = 4;
const REPEATS: Repeats = { least: 7, seconds: 0.1 };
/** Two arrays read, one written, 4 bytes a number. */
const BYTES = 12;

/** Bytes a second that kernels move which only add or multiply. */
export async function measureBandwidth(clock: Clock): Promise<number> {
  const graph = createGraph();
  const x = placeholder(graph, 'x', []);
  for (const length of [CHAIN, FEW]) {
    const array = mul(broadcastTo(x, [LENGTH]), 1);
    let value: Value = array;
    for (let i = 0; i < length; i++) value = i % 2 === 0 ? add(value, array) : mul(value, array);
    output(graph, `chain_${length}`, mean(value, [0]));
  }
  const session = await openSession(graph);
  try {
    const seconds = (length: number) =>
      medianSeconds(() => void session.run([`chain_${length}`], { x: 0.5 }), REPEATS, clock);
    return ((CHAIN - FEW) * BYTES * LENGTH) / Math.max(seconds(CHAIN) - seconds(FEW), 1e-9);
  } finally {
    session.dispose();
  }
}

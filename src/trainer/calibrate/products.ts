import {
  broadcastTo,
  createGraph,
  type Graph,
  matMul,
  mean,
  mul,
  openSession,
  output,
  placeholder,
  type Session,
  type Value,
} from '../../graph/index.js';
import { type Clock, medianSeconds, type Repeats } from './clock.js';

/** One run of `count` products [m, k] x [k, n], one after another. */
export interface TimedProducts {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly count: number;
  /** Of the whole run, the call included. */
  readonly seconds: number;
}

/** Sizes of the products of small T5s: rows of tokens, widths, feed-forwards, heads. */
const SIZES: readonly (readonly [m: number, n: number, k: number])[] = [
  [32, 32, 32],
  [128, 32, 32],
  [128, 128, 32],
  [512, 64, 64],
  [1024, 128, 32],
  [1024, 96, 128],
  [1024, 512, 128],
  [2048, 256, 256],
  [512, 1024, 256],
  [256, 256, 512],
  [1024, 512, 512],
  [1024, 1024, 1024],
];

/** Products of a run, in turn [m, k] x [k, n] and [m, n] x [n, k]: the same three sizes. Two lengths tell the call apart. */
const LENGTHS = [2, 14] as const;
const REPEATS: Repeats = { least: 5, seconds: 0.05 };

export type ProductSize = (typeof SIZES)[number];

/** How long products of each size take, two at a time and fourteen at a time. */
export async function measureProducts(clock: Clock, sizes: readonly ProductSize[] = SIZES): Promise<TimedProducts[]> {
  const session = await openSession(createChains(sizes));
  try {
    return sizes.flatMap(size => {
      const [m, n, k] = size;
      return LENGTHS.map(count => ({
        m,
        n,
        k,
        count,
        seconds: medianSeconds(() => run(session, size, count), REPEATS, clock),
      }));
    });
  } finally {
    session.dispose();
  }
}

function run(session: Session, size: ProductSize, count: number): void {
  const [m, n, k] = size;
  session.run([fetchOf(size, count)], { x: 1 / Math.sqrt(m), w: 1 / Math.sqrt(n * k) });
}

const fetchOf = (size: ProductSize, count: number) => `chain_${size.join('_')}_${count}`;

function createChains(sizes: readonly ProductSize[]): Graph {
  const graph = createGraph();
  const [x, w] = ['x', 'w'].map(name => placeholder(graph, name, []));
  for (const size of sizes)
    for (const count of LENGTHS) {
      const [m, n, k] = size;
      const weight = mul(broadcastTo(w, [k, n]), 1);
      let value: Value = mul(broadcastTo(x, [m, k]), 1);
      for (let i = 0; i < count; i++) value = matMul(value, weight, { transposeB: i % 2 === 1 });
      output(graph, fetchOf(size, count), mean(value, [0, 1]));
    }
  return graph;
}

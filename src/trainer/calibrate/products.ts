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

/** Seconds of one product [m, k] x [k, n]. */
export interface TimedProduct {
  readonly m: number;
  readonly n: number;
  readonly k: number;
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

/** Products of one run, in turn [m, k] x [k, n] and [m, n] x [n, k]: the same three sizes. */
const CHAIN = 14;
const FEW = 2;
const REPEATS: Repeats = { least: 5, seconds: 0.05 };

/** How long a product of each size takes within a graph: a long chain less a short one, so that the call itself drops out. */
export async function measureProducts(clock: Clock): Promise<TimedProduct[]> {
  const session = await openSession(createChains());
  try {
    return SIZES.map(([m, n, k]) => {
      const seconds = (length: number) =>
        medianSeconds(() => run(session, fetchOf(m, n, k, length), m, n, k), REPEATS, clock);
      return { m, n, k, seconds: Math.max(seconds(CHAIN) - seconds(FEW), 1e-9) / (CHAIN - FEW) };
    });
  } finally {
    session.dispose();
  }
}

function run(session: Session, fetch: string, m: number, n: number, k: number): void {
  session.run([fetch], { x: 1 / Math.sqrt(m), w: 1 / Math.sqrt(n * k) });
}

const fetchOf = (m: number, n: number, k: number, length: number) => `chain_${m}_${n}_${k}_${length}`;

function createChains(): Graph {
  const graph = createGraph();
  const [x, w] = ['x', 'w'].map(name => placeholder(graph, name, []));
  for (const [m, n, k] of SIZES)
    for (const length of [CHAIN, FEW]) {
      const weight = mul(broadcastTo(w, [k, n]), 1);
      let value: Value = mul(broadcastTo(x, [m, k]), 1);
      for (let i = 0; i < length; i++) value = matMul(value, weight, { transposeB: i % 2 === 1 });
      output(graph, fetchOf(m, n, k, length), mean(value, [0, 1]));
    }
  return graph;
}

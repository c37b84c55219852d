import {
  broadcastTo,
  createGraph,
  type Mode,
  matMul,
  mean,
  openSession,
  output,
  type Precision,
  placeholder,
  type Session,
} from '../graph/index.js';

export interface PeakOptions {
  readonly precision: Precision;
  readonly mode?: Mode;
}

/** Square matrices; which of them is fastest depends on the machine. */
const SIZES = [128, 256, 512, 1024, 2048, 4096] as const;
const PRODUCTS = 2;
/** Of the whole measurement. A larger size is left out where it would not fit. */
const BUDGET_SECONDS = 0.25;
const REPEATS = 3;

/**
 * The fastest matrix product of this process, FLOP/s, on the threads and through the library that training uses: what a
 * step's rate is set in relation to. The best of a few sizes and repeats, since other work on the machine only slows.
 */
export async function measurePeak({ precision, mode }: PeakOptions): Promise<number> {
  const session = await openSession(createProducts(precision), { mode });
  try {
    return fastest(session);
  } finally {
    session.dispose();
  }
}

/** x fills a matrix, so that nothing is known before the run. */
function createProducts(precision: Precision) {
  const graph = createGraph();
  const x = placeholder(graph, 'x', []);
  for (const size of SIZES) {
    const matrix = broadcastTo(x, [size, size]);
    let product = matrix;
    for (let i = 0; i < PRODUCTS; i++) product = matMul(product, matrix, { precision });
    output(graph, fetchOf(size), mean(product, [0, 1]));
  }
  return graph;
}

const fetchOf = (size: number) => `product_${size}`;

function fastest(session: Session): number {
  const begin = performance.now();
  let peak = 0;
  let seconds = 0;
  for (const size of SIZES) {
    const left = BUDGET_SECONDS - (performance.now() - begin) / 1000;
    if ((REPEATS + 1) * 8 * seconds > left) break; // a size twice as large takes 8 times as long
    seconds = secondsOf(session, size);
    peak = Math.max(peak, (PRODUCTS * 2 * size ** 3) / seconds);
  }
  return peak;
}

function secondsOf(session: Session, size: number): number {
  const run = () => {
    const start = performance.now();
    session.run([fetchOf(size)], { x: 1 / size });
    return (performance.now() - start) / 1000;
  };
  run(); // the first run of a fetch builds its plan
  return Math.min(...Array.from({ length: REPEATS }, run));
}

import { median, standardDeviation } from 'simple-statistics';
import { checkSeed, createRandom, fail, mustBe, type Random } from '../../base/index.js';
import { solveCholesky } from '../matrix.js';
import { checkCount, checkKnown } from '../options.js';
import { createAkima } from './akima.js';
import type { BudgetOptimum } from './exponent.js';

export interface IsoFlopOptions {
  /** How the lowest point of a curve is found. Default 'parabola'. */
  readonly method?: 'parabola' | 'akima';
  /**
   * Standard deviation of the noise in a loss, 0 and up; default 0. Above 0 the optimum is the median over `draws` of
   * noise, with an sd, and a curve whose optimum runs off its end in half of them is left out, as in Porian 2024.
   */
  readonly noise?: number;
  /** Default 1000. */
  readonly draws?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** Losses of several sizes (or tokens) at the same compute. */
export interface IsoFlopRows {
  readonly C: ArrayLike<number>;
  /** Sizes, or tokens: whatever is to be chosen for a budget. */
  readonly size: ArrayLike<number>;
  readonly loss: ArrayLike<number>;
}

export interface IsoFlopOptima {
  readonly optima: readonly BudgetOptimum[];
  /** Budgets without an optimum, and why. */
  readonly skipped: readonly { readonly C: number; readonly why: string }[];
}

/** Points of Akima's curve between two sizes, and the least sd in units of the spacing of sizes, as in Porian 2024. */
const POINTS_BETWEEN = 25;
const LEAST_SD = 0.33;

/**
 * Approach 2 of Hoffmann 2022: for each budget the size of least loss.
 *
 * parabola: least squares of the loss against ln size, its vertex; biased where the curve is not symmetric, by the
 * same factor at every budget, so that the coefficient suffers and not the exponent. akima: the lowest of 25 points
 * between neighbouring sizes of an interpolation of ln loss, which follows every point and so its noise.
 *
 * @example fitComputeLaw(findIsoFlopOptima({ C, size: N, loss }).optima).exponent
 */
export function findIsoFlopOptima(rows: IsoFlopRows, options: IsoFlopOptions = {}): IsoFlopOptima {
  const { method, noise, draws, seed } = parseOptions(options);
  const locate = method === 'parabola' ? vertex : lowestOfAkima;
  const random = createRandom(seed);
  const optima: BudgetOptimum[] = [];
  const skipped: { C: number; why: string }[] = [];
  for (const curve of groupCurves(rows)) {
    const found = curve.sizes.length < 3 ? null : locate(curve.sizes, curve.losses);
    const why = curve.sizes.length < 3 ? `${curve.sizes.length} sizes, 3 are needed` : OFF_THE_END;
    if (found === null) skipped.push({ C: curve.C, why });
    else if (noise === 0) optima.push({ C: curve.C, ...found, sd: null });
    else {
      const drawn = drawOptimum(curve, { locate, noise, draws, random });
      if (drawn === null) skipped.push({ C: curve.C, why: `${OFF_THE_END} in half of the draws of noise` });
      else optima.push({ C: curve.C, ...drawn });
    }
  }
  return { optima, skipped };
}

const OFF_THE_END = 'the loss has no minimum between the smallest and the largest size';

function parseOptions(options: IsoFlopOptions): Required<IsoFlopOptions> {
  const { method = 'parabola', noise = 0, draws = 1000, seed = 0, ...unknown } = options;
  checkKnown('option of approach 2', Object.keys(unknown), ['method', 'noise', 'draws', 'seed']);
  checkKnown('method', [method], ['parabola', 'akima']);
  if (!(noise >= 0 && noise < Infinity)) fail(mustBe('noise', 'a number of 0 and up', noise));
  checkCount('draws', draws, 1e6);
  checkSeed(seed);
  return { method, noise, draws, seed };
}

interface Curve {
  readonly C: number;
  /** Rising. */
  readonly sizes: readonly number[];
  readonly losses: readonly number[];
}

interface Lowest {
  readonly best: number;
  readonly loss: number;
}

type Locate = (sizes: readonly number[], losses: readonly number[]) => Lowest | null;

/** One curve a budget, budgets rising; of several losses at one size the lowest counts. */
function groupCurves({ C, size, loss }: IsoFlopRows): Curve[] {
  const curves = new Map<number, Map<number, number>>();
  for (let row = 0; row < C.length; row++) {
    for (const [name, value] of Object.entries({ C: C[row], size: size[row], loss: loss[row] }))
      if (!(value > 0 && value < Infinity)) fail(mustBe(`${name}, row ${row + 1}`, 'finite and above 0', value));
    const curve = curves.get(C[row]) ?? new Map<number, number>();
    curve.set(size[row], Math.min(loss[row], curve.get(size[row]) ?? Infinity));
    curves.set(C[row], curve);
  }
  const byKey = (a: readonly [number, unknown], b: readonly [number, unknown]) => a[0] - b[0];
  return [...curves].sort(byKey).map(([budget, curve]) => {
    const points = [...curve].sort(byKey);
    return { C: budget, sizes: points.map(([at]) => at), losses: points.map(([, value]) => value) };
  });
}

/** The vertex of the parabola by least squares in ln size; null when it opens downwards or lies beyond the points. */
function vertex(sizes: readonly number[], losses: readonly number[]): Lowest | null {
  const logs = sizes.map(Math.log);
  const [first, last] = [logs[0], logs[logs.length - 1]];
  const [centre, half] = [(first + last) / 2, (last - first) / 2];
  const gram = new Float64Array(9);
  const side = new Float64Array(3);
  logs.forEach((log, i) => {
    const u = (log - centre) / half; // in [-1, 1], so that powers stay apart
    const powers = [1, u, u * u];
    for (let j = 0; j < 3; j++) {
      side[j] += powers[j] * losses[i];
      for (let k = 0; k < 3; k++) gram[3 * j + k] += powers[j] * powers[k];
    }
  });
  if (!solveCholesky(gram, side, 3)) return null;
  const [height, slope, bend] = side;
  const u = -slope / (2 * bend);
  if (!(bend > 0 && u > -1 && u < 1)) return null;
  return { best: Math.exp(centre + half * u), loss: height + (slope * u) / 2 };
}

/** The lowest of evenly spaced points of the interpolation; null when that is its first or last. */
function lowestOfAkima(sizes: readonly number[], losses: readonly number[]): Lowest | null {
  const logs = sizes.map(Math.log);
  const curve = createAkima(logs, losses.map(Math.log));
  const count = (sizes.length - 1) * POINTS_BETWEEN;
  const at = (i: number) => logs[0] + ((logs[logs.length - 1] - logs[0]) * i) / (count - 1);
  let lowest = 0;
  let height = Infinity;
  for (let i = 0; i < count; i++) {
    const value = curve(at(i));
    if (value < height) [lowest, height] = [i, value];
  }
  return lowest === 0 || lowest === count - 1 ? null : { best: Math.exp(at(lowest)), loss: Math.exp(height) };
}

/** The median optimum over draws of noise; null when fewer than half of them have one. */
function drawOptimum(
  { sizes, losses }: Curve,
  { locate, noise, draws, random }: { locate: Locate; noise: number; draws: number; random: Random },
): (Lowest & { sd: number }) | null {
  const found: Lowest[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const lowest = locate(
      sizes,
      losses.map(loss => Math.max(Number.MIN_VALUE, loss + noise * random.normal())),
    );
    if (lowest !== null) found.push(lowest);
  }
  if (found.length < 2 || found.length < draws / 2) return null;
  const spacing = Math.log(sizes[sizes.length - 1] / sizes[0]) / (sizes.length - 1);
  const spread = standardDeviation(found.map(({ best }) => Math.log(best)));
  const sd = (Math.max(spread, LEAST_SD * spacing) * draws) / found.length;
  return { best: median(found.map(({ best }) => best)), loss: median(found.map(({ loss }) => loss)), sd };
}

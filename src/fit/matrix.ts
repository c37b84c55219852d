/**
 * Small dense matrices in typed arrays, row-major: what the inner loops of a fit need and no more.
 *
 * Everything that is not in an inner loop uses ml-matrix, and the tests hold these to its results. Measured for five
 * parameters: Cholesky with solve 0.16 us here and 1.2 us there, a Gram matrix of 240 rows 6 us and 27 us; a bootstrap
 * of 4000 draws takes some 30,000 of each.
 */

/**
 * Arrays cut from one piece of memory: forty of 150 numbers, as many as a bootstrap draw needs, cost
 * 24 us one by one and 4 us as cuts.
 */
export function createArena(length: number): (size: number) => Float64Array {
  const all = new Float64Array(length);
  let used = 0;
  return size => {
    used += size;
    return all.subarray(used - size, used);
  };
}

interface Weighted {
  /** rows x size. */
  readonly jacobian: Float64Array;
  readonly weights: Float64Array;
  readonly size: number;
}

/** Fills `out`, size x size, with J' diag(weights) J. */
export function gramInto(out: Float64Array, { jacobian, weights, size }: Weighted): void {
  out.fill(0);
  for (let row = 0, at = 0; row < weights.length; row++, at += size) {
    const weight = weights[row];
    if (weight === 0) continue;
    for (let j = 0; j < size; j++) {
      const left = weight * jacobian[at + j];
      for (let k = 0; k <= j; k++) out[j * size + k] += left * jacobian[at + k];
    }
  }
  for (let j = 0; j < size; j++) for (let k = 0; k < j; k++) out[k * size + j] = out[j * size + k];
}

/**
 * The same for a Jacobian by its columns: no store in the inner loop, two sums at a time, so that neither memory nor the
 * latency of an addition is waited for.
 */
export function gramColumns(out: Float64Array, columns: readonly Float64Array[], weights: Float64Array): void {
  const size = columns.length;
  const rows = weights.length;
  const weighted = new Float64Array(rows);
  for (let j = 0; j < size; j++) {
    const column = columns[j];
    for (let row = 0; row < rows; row++) weighted[row] = weights[row] * column[row];
    for (let k = 0; k <= j; k++) {
      const entry = dot(weighted, columns[k]);
      out[j * size + k] = entry;
      out[k * size + j] = entry;
    }
  }
}

export function dot(a: Float64Array, b: Float64Array): number {
  let even = 0;
  let odd = 0;
  const rows = a.length;
  const pairs = rows - (rows % 2);
  for (let row = 0; row < pairs; row += 2) {
    even += a[row] * b[row];
    odd += a[row + 1] * b[row + 1];
  }
  return pairs < rows ? even + odd + a[pairs] * b[pairs] : even + odd;
}

/**
 * Solves A x = b in place for a symmetric positive definite A, of which the lower half is read and overwritten by its
 * Cholesky factor; b becomes x. False, with both in ruins, where A is not positive definite.
 */
export function solveCholesky(a: Float64Array, b: Float64Array, size: number): boolean {
  for (let j = 0; j < size; j++) {
    for (let k = 0; k <= j; k++) {
      let sum = a[j * size + k];
      for (let i = 0; i < k; i++) sum -= a[j * size + i] * a[k * size + i];
      if (k < j) a[j * size + k] = sum / a[k * size + k];
      else if (sum > 0) a[j * size + j] = Math.sqrt(sum);
      else return false;
    }
  }
  for (let j = 0; j < size; j++) {
    let sum = b[j];
    for (let i = 0; i < j; i++) sum -= a[j * size + i] * b[i];
    b[j] = sum / a[j * size + j];
  }
  for (let j = size - 1; j >= 0; j--) {
    let sum = b[j];
    for (let i = j + 1; i < size; i++) sum -= a[i * size + j] * b[i];
    b[j] = sum / a[j * size + j];
  }
  let sum = 0;
  for (let j = 0; j < size; j++) sum += b[j];
  return Number.isFinite(sum);
}

/** An x of least |basis x - b| within bounds, given by basis' basis and basis' b. */
export interface Bounded {
  /** size x size. */
  readonly gram: Float64Array;
  readonly side: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/**
 * Least squares within bounds; with bounds [0, Infinity) the non-negative kind. Fills x; false where it is singular.
 *
 * Holds what meets its bound, solves for the rest, and lets go what the gradient pulls inwards, until nothing is. Source:
 * Lawson and Hanson 1974, chapter 23; Stark and Parker 1995 (two-sided bounds).
 */
export function solveBounded({ gram, side, low, high }: Bounded, x: Float64Array): boolean {
  const size = x.length;
  const free = new Uint8Array(size).fill(1);
  for (let j = 0; j < size; j++) x[j] = Math.min(high[j], Math.max(low[j], Number.isFinite(x[j]) ? x[j] : 0));
  const best = new Float64Array(size);
  for (let round = 0; round < 10 * size + 10; round++) {
    if (!solveFree({ gram, side, low, high }, { x, free, best })) return false;
    const hit = firstHit({ low, high }, { x, free, best });
    if (hit < 0) {
      x.set(best);
      const out = mostPulled({ gram, side, low, high }, x, free);
      if (out < 0) return true;
      free[out] = 1;
    } else free[hit] = 0;
  }
  return true;
}

interface Active {
  readonly x: Float64Array;
  readonly free: Uint8Array;
  readonly best: Float64Array;
}

/** Least squares for the free entries, the others as they are. */
function solveFree({ gram, side }: Bounded, { x, free, best }: Active): boolean {
  const size = x.length;
  const a = new Float64Array(size * size);
  const b = new Float64Array(size);
  const count = free.reduce((sum, one) => sum + one, 0);
  for (let j = 0, row = 0; j < size; j++) {
    if (free[j] === 0) continue;
    b[row] = side[j];
    for (let k = 0, column = 0; k < size; k++) {
      if (free[k] === 1) a[row * count + column++] = gram[j * size + k];
      else b[row] -= gram[j * size + k] * x[k];
    }
    row++;
  }
  if (count > 0 && !solveCholesky(a, b, count)) return false;
  for (let j = 0, row = 0; j < size; j++) best[j] = free[j] === 1 ? b[row++] : x[j];
  return true;
}

/** Goes from x towards best until an entry meets its bound, and names it; -1 when best lies within. */
function firstHit({ low, high }: Pick<Bounded, 'low' | 'high'>, { x, free, best }: Active): number {
  let share = 1;
  let hit = -1;
  for (let j = 0; j < x.length; j++) {
    if (free[j] === 0 || (best[j] >= low[j] && best[j] <= high[j])) continue;
    const bound = best[j] < low[j] ? low[j] : high[j];
    const reach = best[j] === x[j] ? 0 : (bound - x[j]) / (best[j] - x[j]);
    if (hit < 0 || reach < share) [share, hit] = [reach, j];
  }
  if (hit < 0) return -1;
  for (let j = 0; j < x.length; j++) if (free[j] === 1) x[j] += share * (best[j] - x[j]);
  x[hit] = best[hit] < low[hit] ? low[hit] : high[hit];
  return hit;
}

/** The held entry that the gradient pulls inwards most; -1 for none. */
function mostPulled({ gram, side, low, high }: Bounded, x: Float64Array, free: Uint8Array): number {
  let most = 0;
  let found = -1;
  for (let j = 0; j < x.length; j++) {
    if (free[j] === 1 || low[j] === high[j]) continue;
    let slope = -side[j];
    for (let k = 0; k < x.length; k++) slope += gram[j * x.length + k] * x[k];
    const pull = (x[j] <= low[j] ? -slope : slope) / Math.sqrt(gram[j * x.length + j] || 1);
    if (pull > Math.max(most, 1e-12 * Math.abs(side[j]))) [most, found] = [pull, j];
  }
  return found;
}

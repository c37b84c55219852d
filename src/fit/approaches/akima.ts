import { fail, mustBe } from '../../base/index.js';

/**
 * Akima's interpolation: cubics through the points whose slopes follow the nearer of two straight pieces, so that one
 * point out of line does not make its neighbours swing.
 *
 * The slopes beyond the ends are extrapolated as in Akima 1970 and SciPy's Akima1DInterpolator; the port of Apache's in
 * npm's commons-math-interpolation takes others there and needs five points. Outside [x[0], x[last]] it is not defined.
 *
 * @param x strictly rising, 2 and more
 * @example createAkima([0, 1, 3], [0, 2, 1])(1.5) // => 2.21875
 */
export function createAkima(x: ArrayLike<number>, y: ArrayLike<number>): (at: number) => number {
  const count = x.length;
  if (count < 2 || y.length !== count) fail(mustBe('Akima points', 'two or more, one y for each x', count));
  for (let i = 1; i < count; i++)
    if (!(x[i] > x[i - 1])) fail(mustBe(`x of point ${i + 1}`, `above ${x[i - 1]}`, x[i]));
  const slopes = pointSlopes(x, y);
  return at => {
    let i = 0;
    while (i < count - 2 && at >= x[i + 1]) i++;
    const width = x[i + 1] - x[i];
    const share = (at - x[i]) / width;
    const rise = y[i + 1] - y[i];
    const [from, to] = [slopes[i] * width, slopes[i + 1] * width];
    return y[i] + share * (from + share * (3 * rise - 2 * from - to + share * (from + to - 2 * rise)));
  };
}

function pointSlopes(x: ArrayLike<number>, y: ArrayLike<number>): number[] {
  const count = x.length;
  const inner = Array.from({ length: count - 1 }, (_, i) => (y[i + 1] - y[i]) / (x[i + 1] - x[i]));
  if (count === 2) return [inner[0], inner[0]];
  const last = inner.length - 1;
  const [before, after] = [2 * inner[0] - inner[1], 2 * inner[last] - inner[last - 1]];
  const pieces = [2 * before - inner[0], before, ...inner, after, 2 * after - inner[last]];
  const turns = pieces.slice(1).map((slope, i) => Math.abs(slope - pieces[i]));
  const largest = Math.max(...turns.slice(2).map((turn, i) => turn + turns[i]));
  return Array.from({ length: count }, (_, i) => {
    const [left, right] = [turns[i], turns[i + 2]];
    if (!(left + right > 1e-9 * largest)) return (pieces[i] + pieces[i + 3]) / 2; // straight on both sides
    return pieces[i + 1] + (left / (left + right)) * (pieces[i + 2] - pieces[i + 1]);
  });
}

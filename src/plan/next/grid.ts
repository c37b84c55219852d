import { type Columns, fail, outsideRange } from '../../base/index.js';
import type { CandidateRun } from './next.js';

export interface GridOptions {
  /** Sizes and lengths from smallest to largest; default 12. */
  readonly steps?: number;
  /** Times that a candidate may leave the measured range on either side; default 1: stay within. */
  readonly reach?: number;
  /** Tokens a parameter, smallest and largest; default [5, 500]. */
  readonly tokensPerParam?: readonly [number, number];
}

/**
 * Candidate runs of decoder-only models over size and tokens, at 6 N D FLOPs: by factors, within the measured sizes, tokens
 * and FLOPs and with 5 to 500 tokens a parameter. Without such bounds a design runs to corners where no one has tested
 * the law: models of a few million parameters trained on thousands of times their size.
 */
export function gridRuns(columns: Columns, options: GridOptions = {}): CandidateRun[] {
  const { steps = 12, reach = 1, tokensPerParam: [fewest, most] = [5, 500] } = options;
  if (!(Number.isInteger(steps) && steps >= 2 && steps <= 200)) fail(outsideRange('steps', '[2, 200]', steps));
  if (!(reach >= 1)) fail(outsideRange('reach', '[1, Infinity)', reach));
  const { N, D } = columns;
  if (!N || !D) return fail('candidate runs need the columns N and D, or a list of candidates');
  const largest = Math.max(...N.map((n, row) => 6 * n * D[row])) * reach;
  const points = (column: Float64Array) => {
    const [low, high] = [Math.min(...column) / reach, Math.max(...column) * reach];
    return Array.from({ length: steps }, (_, i) => low * (high / low) ** (i / (steps - 1)));
  };
  const tokens = points(D);
  return points(N).flatMap(size =>
    tokens
      .filter(length => length / size >= fewest && length / size <= most && 6 * size * length <= largest * (1 + 1e-9))
      .map(length => ({ inputs: { N: size, D: length }, flops: 6 * size * length })),
  );
}

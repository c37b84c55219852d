/** The largest difference of two results, as a share of the largest value or of 1. */
export function difference(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  const largest = Math.max(1, ...Array.from(theirs, Math.abs));
  return Math.max(...Array.from(theirs, (value, i) => Math.abs(ours[i] - value))) / largest;
}

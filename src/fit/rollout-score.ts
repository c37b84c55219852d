/** Quantile of sorted values, linear between neighbours (type 7: numpy's and R's default). @example sortedShare([1, 2, 4], 0.5) // => 2 */
export function sortedShare(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

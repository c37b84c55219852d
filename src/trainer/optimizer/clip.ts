import { addAll, div, minimum, mul, sqrt, square, sum, type Value } from '../../graph/index.js';

/** Scales gradients down together where the L2 norm of all of them is above `largest`. */
export function clipByNorm(gradients: readonly Value[], largest: number): Value[] {
  const norm = sqrt(addAll(gradients.map(gradient => sum(square(gradient)))));
  const scale = minimum(div(largest, norm), 1);
  return gradients.map(gradient => mul(gradient, scale));
}

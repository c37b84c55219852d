import { RELATIVE_BUCKETS } from '../shape/index.js';

/** Distances from here on share the last bucket. Source: Raffel et al. 2020, section 2.1. */
export const MAX_DISTANCE = 128;

/**
 * The relative-position bucket of a key `distance` tokens after the query (negative: before it).
 * Half of the buckets hold one distance each, the others grow logarithmically up to 128. The encoder looks both ways and
 * gives each direction half of the table; the decoder looks back only. In float32, as the reference computes it.
 *
 * @example relativeBucket(-3, false) // => 3
 */
export function relativeBucket(distance: number, bidirectional: boolean): number {
  const buckets = bidirectional ? RELATIVE_BUCKETS / 2 : RELATIVE_BUCKETS;
  const offset = bidirectional && distance > 0 ? buckets : 0;
  const away = bidirectional ? Math.abs(distance) : Math.max(-distance, 0);
  const exact = buckets / 2;
  if (away < exact) return offset + away;
  const share = Math.fround(Math.fround(Math.log(away / exact)) / Math.fround(Math.log(MAX_DISTANCE / exact)));
  return offset + Math.min(exact + Math.floor(Math.fround(share * (buckets - exact))), buckets - 1);
}

/** Buckets of all pairs, [queries * keys]. */
export function bucketMatrix(length: number, bidirectional: boolean): Int32Array {
  return Int32Array.from({ length: length * length }, (_, at) =>
    relativeBucket((at % length) - Math.floor(at / length), bidirectional),
  );
}

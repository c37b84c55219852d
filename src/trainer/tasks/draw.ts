import type { Random } from '../../base/index.js';

/** A copy in random order (Fisher and Yates). */
export function shuffle<V>(values: readonly V[], random: Random): V[] {
  const mixed = [...values];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
  }
  return mixed;
}

/** One of the values; undefined where there is none. */
export const pick = <V>(values: readonly V[], random: Random): V | undefined =>
  values.length === 0 ? undefined : values[random.integer(values.length)];

import { fail, unknownName } from '../base/index.js';
import { chinchilla } from './chinchilla.js';
import type { Law } from './law.js';
import { power } from './power.js';
import { sigmoid } from './sigmoid.js';

/** Every law known by name. */
export const LAWS: readonly Law[] = [power, chinchilla, sigmoid];

/** The law called `name`; an unknown name is refused with the nearest known one. @example findLaw('chinchilla') */
export function findLaw(name: string): Law {
  const known = LAWS.map(law => law.name);
  return LAWS.find(law => law.name === name) ?? fail(unknownName('law', name, known));
}

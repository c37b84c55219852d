import { fail, unknownName } from '../base/index.js';
import { constantsMethod } from './fits-constants.js';
import { isoFlopMethod } from './fits-isoflop.js';
import { ladderMethod } from './fits-ladder.js';
import { lawMethod } from './fits-law.js';
import type { FitMethod } from './fits-schema.js';
import { syntheticMethod } from './fits-synthetic.js';

/** Every way to make a fit, by the name that `method` gives in a file. */
const METHODS: Readonly<Record<string, FitMethod>> = {
  law: lawMethod,
  constants: constantsMethod,
  isoflop: isoFlopMethod,
  ladder: ladderMethod,
  synthetic: syntheticMethod,
};

/** The method called `name`; an unknown name is refused with the nearest known one. */
export function findMethod(name: string): FitMethod {
  return Object.hasOwn(METHODS, name) ? METHODS[name] : fail(unknownMethod(name));
}

export const isMethod = (name: string) => Object.hasOwn(METHODS, name);

export const unknownMethod = (name: string) => unknownName('fit method', name, Object.keys(METHODS));

import { fail, unknownName } from '../base/index.js';
import { batchSize } from './batch-size.js';
import { bnsl1 } from './bnsl-1.js';
import { bnsl2 } from './bnsl-2.js';
import { chinchilla } from './chinchilla.js';
import { errorDecay } from './error-decay.js';
import { kaplan } from './kaplan.js';
import { kaplanD } from './kaplan-d.js';
import { kaplanN } from './kaplan-n.js';
import type { Law } from './law.js';
import { learningRate } from './learning-rate.js';
import { linearLogCompute } from './linear-log-compute.js';
import { muennighoff } from './muennighoff.js';
import { overTraining } from './over-training.js';
import { power } from './power.js';
import { purePower } from './pure-power.js';
import { sigmoid } from './sigmoid.js';
import { sigmoidShape } from './sigmoid-shape.js';
import { t5Shape } from './t5-shape.js';
import { wdnt } from './wdnt.js';
import { wdt } from './wdt.js';

/** Every law known by name: loss against one axis, against several, downstream scores, settings. */
export const LAWS: readonly Law[] = [
  purePower,
  power,
  bnsl1,
  bnsl2,
  kaplanN,
  kaplanD,
  kaplan,
  chinchilla,
  overTraining,
  muennighoff,
  wdt,
  wdnt,
  t5Shape,
  sigmoid,
  sigmoidShape,
  errorDecay,
  linearLogCompute,
  learningRate,
  batchSize,
];

/** The law called `name`; an unknown name is refused with the nearest known one. @example findLaw('chinchilla') */
export function findLaw(name: string): Law {
  const known = LAWS.map(law => law.name);
  return LAWS.find(law => law.name === name) ?? fail(unknownName('law', name, known));
}

import {
  countFlops,
  countParams,
  estimateTrainMemory,
  ONE_SEQUENCE,
  overstatement6ND,
  PAPER_RECIPE,
} from '../../cost/index.js';
import { parseShape } from '../../shape/index.js';
import type { CostLine } from './study.js';

/** The sizes everyone knows, and the deep-narrow shapes that the paper sets against them. */
export const STUDIED = [
  'tiny',
  'mini',
  'small',
  'small-nl16',
  'small-nl24',
  'base',
  'base-nl36',
  'large',
  'large-nl36',
  'xl',
  'xl-nl32',
  'xxl',
] as const;

export function studyCosts(names: readonly string[] = STUDIED): CostLine[] {
  const { steps, ...workload } = PAPER_RECIPE;
  return names.map(name => {
    const shape = parseShape(name);
    const params = countParams(shape);
    return {
      name,
      params,
      flops: countFlops(shape, ONE_SEQUENCE),
      memory: estimateTrainMemory(shape, ONE_SEQUENCE),
      training: steps * countFlops(shape, workload).trainStep,
      overstated: overstatement6ND(shape, ONE_SEQUENCE, params.total),
    };
  });
}

import { format } from '../base/index.js';
import { sameShape } from '../shape/index.js';
import type { PlannedShape } from './predict.js';
import type { Problem } from './problem.js';
import { scoreRises } from './search.js';

/** The best shape by the downstream score, beside the choice by loss. */
export interface Downstream {
  /** Name of what the downstream law predicts. */
  readonly response: string;
  readonly choice: PlannedShape;
  /** same: one shape is best by both. equal: two shapes, whose scores the draws do not tell apart. apart: they do. */
  readonly agreement: 'same' | 'equal' | 'apart';
  readonly text: string;
}

export function compareStages({ downstream, level }: Problem, choice: PlannedShape, byScore: PlannedShape): Downstream {
  const { law } = downstream!;
  const { name } = law.response;
  const answer = { response: name, choice: byScore };
  const alone = law.inputs.length === 1 ? `, since ${law.name} knows the loss alone` : '';
  if (sameShape(choice.shape, byScore.shape))
    return { ...answer, agreement: 'same', text: `the same shape is best by loss and by ${name}${alone}` };
  const { value, lo, hi } = byScore.behind.score!;
  const better = scoreRises(law) ? lo > 0 : hi < 0;
  const difference = `${format.digits(value, 2)} [${format.digits(lo, 2)}, ${format.digits(hi, 2)}]`;
  const text = `by ${name} ${byScore.name} is best, ${difference} from the choice by loss (${format.percent(level, 0)}, paired): `;
  return better
    ? { ...answer, agreement: 'apart', text: `${text}loss and ${name} disagree` }
    : { ...answer, agreement: 'equal', text: `${text}the runs do not tell the two apart` };
}

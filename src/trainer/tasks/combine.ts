import { fail } from '../../base/index.js';
import type { Task } from './task.js';

/**
 * One number for several tasks: the mean of (score - chance) / (1 - chance), so 0 is guessing and 1 is perfect whatever
 * the number of answers. Below 0 where a model has not yet learned what an answer looks like.
 *
 * @example combineScores({ era: 0.55, reverse: 0.2 }, [{ name: 'era', chance: 0.25 }, { name: 'reverse', chance: 0 }]) // => 0.3
 */
export function combineScores(
  scores: Readonly<Record<string, number>>,
  tasks: readonly Pick<Task, 'name' | 'chance'>[],
): number {
  const above = ({ name, chance }: Pick<Task, 'name' | 'chance'>) =>
    ((scores[name] ?? fail(`scores must have task ${name}, got ${Object.keys(scores).join(', ')}`)) - chance) /
    (1 - chance);
  return tasks.reduce((sum, task) => sum + above(task), 0) / tasks.length;
}

import { countTargets, stackRows } from '../batch.js';
import type { Engine } from '../engine.js';
import type { Tokenizer } from '../tokenizer.js';
import { decodeAnswer, encodeExample, padRow } from './encode.js';
import { scoreAnswers } from './metric.js';
import type { Example, Task } from './task.js';

/** Examples of one evaluation batch. */
export const EVALUATION_BATCH = 64;

export interface TaskScore {
  /** In [0, 1]. */
  readonly score: number;
  /** Cross-entropy of the right answers, nats per target token: it moves before the score does. */
  readonly loss: number;
  readonly targetTokens: number;
  /** What the model wrote, example by example. */
  readonly answers: readonly string[];
}

/** Lets the model answer by greedy decoding, without dropout and without learning. */
export function scoreTask(
  engine: Engine,
  task: Pick<Task, 'metric' | 'encLen' | 'decLen'>,
  examples: readonly Example[],
  tokenizer: Tokenizer,
): TaskScore {
  const answers: string[] = [];
  let [total, targetTokens] = [0, 0];
  for (let from = 0; from < examples.length; from += EVALUATION_BATCH) {
    const part = examples.slice(from, from + EVALUATION_BATCH);
    const batch = stackRows(part.map(example => padRow(encodeExample(example, tokenizer), task)));
    const count = countTargets(batch);
    total += engine.loss(batch) * count;
    targetTokens += count;
    const written = engine.generate(batch.encoder, batch, task.decLen);
    answers.push(...written.map(ids => decodeAnswer(ids, tokenizer)));
  }
  const targets = examples.map(({ target }) => target);
  return { score: scoreAnswers(task.metric, answers, targets), loss: total / targetTokens, targetTokens, answers };
}

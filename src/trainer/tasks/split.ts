import type { Random } from '../../base/index.js';
import type { Document, Halves } from '../corpus.js';
import { shuffle } from './draw.js';
import { groupBy } from './lexicon.js';
import type { Split, TaskRule } from './task.js';

/** A task about whole documents keeps this share of each kind out of its training: the corpus holds out too few. */
const ASIDE = 0.25;

/**
 * Documents of each split of a task. Validation and test share the held-out documents of the corpus. Where these are too
 * few, documents of its training half are kept out of the task's training as well: their text was seen in pre-training,
 * their answers were not.
 */
export function splitDocuments(
  { answerOf }: TaskRule,
  { train, heldOut }: Halves,
  random: Random,
): Record<Split, Document[]> {
  const answer = (document: Document) => (answerOf === undefined ? '' : answerOf(document));
  const held = new Set(heldOut);
  const ordered = [...shuffle(heldOut, random), ...shuffle(train, random)];
  const kinds = groupBy(
    ordered.filter(document => answer(document) !== undefined),
    answer,
  );
  const splits: Record<Split, Document[]> = { train: [], validation: [], test: [] };
  for (const kind of kinds.values()) {
    const least = answerOf === undefined ? 2 : Math.ceil(ASIDE * kind.length);
    const aside = Math.max(kind.filter(document => held.has(document)).length, least);
    for (const [i, document] of kind.entries())
      splits[i >= aside ? 'train' : i % 2 === 0 ? 'test' : 'validation'].push(document);
  }
  return splits;
}

/** Whether each split can have a document of each answer. */
export function hasAnswers({ answers = [], answerOf }: TaskRule, { train, heldOut }: Halves): boolean {
  if (answerOf === undefined) return true;
  const found = groupBy([...heldOut, ...train], answerOf);
  return answers.every(answer => (found.get(answer)?.length ?? 0) >= 3);
}

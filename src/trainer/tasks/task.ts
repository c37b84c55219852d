import type { Random } from '../../base/index.js';
import type { Document } from '../corpus.js';
import type { Lexicon } from './lexicon.js';
import type { Metric } from './metric.js';
import type { Passage } from './passages.js';

/** One question and its one right answer, as text. */
export interface Example {
  /** Holds one gap, `<extra_id_0>`: every question is a text with a piece cut out, the form of pre-training. */
  readonly input: string;
  /** What stands in the gap; begins with a space where a new word begins. */
  readonly target: string;
  /** The answers that someone who only knows the form of the question guesses among; empty where they are countless. */
  readonly options: readonly string[];
}

export const SPLITS = ['train', 'validation', 'test'] as const;
export type Split = (typeof SPLITS)[number];

/** A text-to-text task. No document serves two of its splits. */
export interface Task extends Readonly<Record<Split, readonly Example[]>> {
  readonly name: string;
  readonly about: string;
  readonly metric: Metric;
  /** Score on the test split of guessing uniformly among each example's options, in [0, 1]. */
  readonly chance: number;
  /** Score on the test split of always giving the most frequent answer of the training split, in [0, 1]. */
  readonly majority: number;
  /** Tokens that the longest input and the longest target take, eos included, by the tokenizer given. */
  readonly encLen: number;
  readonly decLen: number;
  /** SHA-256 of all examples and the metric: equal fingerprints, comparable scores. It does not depend on the tokenizer. */
  readonly fingerprint: string;
}

export interface Making {
  readonly random: Random;
  readonly split: Split;
  /** Of the corpus's training half; counted when first asked for. */
  readonly lexicon: () => Lexicon;
  /** Examples already made for this split: what alternates with it is balanced. */
  readonly turn: number;
}

/** What a rule makes of a passage: an example whose input is the task's name, `before`, the gap, and `after`. */
export interface Question extends Omit<Example, 'input'> {
  readonly before: string;
  readonly after: string;
}

/** How a task is made. */
export interface TaskRule {
  readonly name: string;
  readonly about: string;
  readonly metric: Metric;
  /** Words of the passages it is made from. */
  readonly words: number;
  /** Answers that every split holds in equal numbers. */
  readonly answers?: readonly string[];
  /** For a task about whole documents: a document's answer; undefined where it does not serve. */
  readonly answerOf?: (document: Document) => string | undefined;
  /** Undefined where the passage does not serve. */
  readonly make: (passage: Passage, making: Making) => Question | undefined;
}

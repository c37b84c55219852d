import { createHash } from 'node:crypto';
import { checkSeed, createRandom, fail, unknownName } from '../../base/index.js';
import type { Document, Halves } from '../corpus.js';
import type { Tokenizer } from '../tokenizer.js';
import { encodedLengths, GAP } from './encode.js';
import { countWords, groupBy, type Lexicon } from './lexicon.js';
import { METRICS, type Metric, scoreAnswers } from './metric.js';
import { samplePassages } from './passages.js';
import { RULES } from './rules.js';
import { hasAnswers, splitDocuments } from './split.js';
import { type Example, type Making, SPLITS, type Split, type Task, type TaskRule } from './task.js';

/** Examples of a split: `most` where the text gives them, else fewer, but not below `least`. */
const SIZES = {
  train: { most: 8000, least: 200 },
  validation: { most: 256, least: 100 },
  test: { most: 512, least: 100 },
} as const satisfies Record<Split, { most: number; least: number }>;

export const TASK_NAMES: readonly string[] = RULES.map(({ name }) => name);

/**
 * Tasks from the documents of a corpus: the same documents and seed give the same examples, whatever the tokenizer.
 *
 * @param names of TASK_NAMES; default: all that the documents allow
 * @param options.seed draws other examples; default 0
 * @example const [author] = buildTasks(data, ['author']); // author.test[0].input: 'author: on a course of ...<extra_id_0>'
 */
export function buildTasks(
  { documents, tokenizer }: { readonly documents: Halves; readonly tokenizer: Tokenizer },
  names?: readonly string[],
  { seed = 0 }: { readonly seed?: number } = {},
): Task[] {
  const lexicon = once(() => countWords(documents.train.map(({ text }) => text)));
  const rules = names?.map(findRule) ?? RULES.filter(rule => hasAnswers(rule, documents));
  return rules.map(rule => buildTask(rule, { documents, tokenizer, lexicon, seed: checkSeed(seed) }));
}

const findRule = (name: string) =>
  RULES.find(rule => rule.name === name) ?? fail(unknownName('task', name, TASK_NAMES));

interface Source {
  readonly documents: Halves;
  readonly tokenizer: Tokenizer;
  readonly lexicon: () => Lexicon;
  readonly seed: number;
}

function once<V>(make: () => V): () => V {
  let made: { readonly value: V } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function buildTask(rule: TaskRule, { documents, tokenizer, lexicon, seed }: Source): Task {
  const { name, about, metric } = rule;
  const random = createRandom(createHash('sha256').update(`${name} ${seed}`).digest().readUInt32LE());
  const splits = splitDocuments(rule, documents, random);
  const examples = mapSplits(part =>
    makeExamples(rule, splits[part], SIZES[part].most, { random, split: part, lexicon }),
  );
  for (const part of SPLITS)
    if (examples[part].length < SIZES[part].least)
      fail(`task ${name} needs at least ${SIZES[part].least} ${part} examples, got ${examples[part].length}`);
  return {
    name,
    about,
    metric,
    ...examples,
    ...baselines(metric, examples),
    ...encodedLengths(
      SPLITS.flatMap(part => examples[part]),
      tokenizer,
    ),
    fingerprint: createHash('sha256')
      .update(JSON.stringify([metric, examples]))
      .digest('hex'),
  };
}

const mapSplits = <V>(value: (split: Split) => V) =>
  Object.fromEntries(SPLITS.map(split => [split, value(split)])) as Record<Split, V>;

/** Different examples, `most` at most; answers that are to be balanced come in turn. */
function makeExamples(rule: TaskRule, documents: readonly Document[], most: number, making: Omit<Making, 'turn'>) {
  const { name, words, answers = [''] } = rule;
  const piles = new Map<string, Example[]>(answers.map(answer => [answer, []]));
  const full = Math.ceil(most / answers.length);
  const seen = new Set<string>();
  for (const passage of samplePassages(documents, words, making.random)) {
    const question = rule.make(passage, { ...making, turn: seen.size });
    if (question === undefined) continue;
    const { before, after, target, options } = question;
    const input = `${name}: ${before}${GAP}${after}`;
    const pile = piles.get(rule.answers ? target : '')!;
    if (seen.has(input) || pile.length === full) continue;
    seen.add(input);
    pile.push({ input, target, options });
    if (seen.size === full * piles.size) break;
  }
  const least = Math.min(...[...piles.values()].map(pile => pile.length));
  return Array.from({ length: least }, (_, i) => [...piles.values()].map(pile => pile[i])).flat();
}

function baselines(metric: Metric, { train, test }: Record<Split, readonly Example[]>) {
  const guess = ({ options, target }: Example) =>
    options.length === 0
      ? 0
      : scoreAnswers(
          metric,
          options,
          options.map(() => target),
        );
  const answers = groupBy(
    train.map(({ target }) => target),
    target => target,
  );
  const [constant] = [...answers].reduce((best, entry) => (entry[1].length > best[1].length ? entry : best));
  return {
    chance: test.reduce((sum, example) => sum + guess(example), 0) / test.length,
    majority: test.reduce((sum, { target }) => sum + METRICS[metric](constant, target), 0) / test.length,
  };
}

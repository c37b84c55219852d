import type { Document } from '../corpus.js';
import type { TaskRule } from './task.js';

/** A task that asks what a passage's document is. */
function aboutDocument(
  rule: Pick<TaskRule, 'name' | 'about' | 'words'>,
  answers: readonly string[],
  answerOf: (document: Document) => string | undefined,
): TaskRule {
  return {
    ...rule,
    metric: 'accuracy',
    answers,
    answerOf,
    make: ({ words, document }) =>
      YEAR.test(words.join(' '))
        ? undefined
        : { before: words.join(' '), after: '', target: answerOf(document)!, options: answers },
  };
}

/** A passage that names a year would tell. */
const YEAR = /\b1[5-9]\d\d|\b20[0-2]\d/;

const isAddress = ({ meta }: Document) => typeof meta?.president === 'string';

const AUTHORS = {
  Austen: document => document.meta?.author === 'Jane Austen',
  Bible: document => document.meta?.title === 'King James Bible',
  Chesterton: document => document.meta?.author === 'G. K. Chesterton',
  Melville: document => document.meta?.author === 'Herman Melville',
  President: isAddress,
  Whitman: document => document.meta?.author === 'Walt Whitman',
} satisfies Record<string, (document: Document) => boolean>;

export const author = aboutDocument(
  { name: 'author', about: 'who wrote the passage, of six', words: 10 },
  Object.keys(AUTHORS).map(name => ` ${name}`),
  document => {
    const found = Object.entries(AUTHORS).find(([, wrote]) => wrote(document));
    return found && ` ${found[0]}`;
  },
);

/** Quarters of the addresses, by the last year of each. */
const ERAS = [
  [' early', 1847],
  [' middle', 1905],
  [' late', 1962],
  [' recent', 2100],
] as const;

export const era = aboutDocument(
  {
    name: 'era',
    about: 'which quarter of American history an address is from: to 1847, 1905, 1962 or after',
    words: 14,
  },
  ERAS.map(([name]) => name),
  document => (isAddress(document) ? ERAS.find(([, last]) => Number(document.meta!.year) <= last)?.[0] : undefined),
);

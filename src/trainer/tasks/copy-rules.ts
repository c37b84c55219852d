import { pick } from './draw.js';
import { bareWord, plainWord } from './lexicon.js';
import type { TaskRule } from './task.js';

// Tasks whose answer is made from the question alone.

export const recall: TaskRule = {
  name: 'recall',
  about: 'the word that follows a given word of the passage',
  metric: 'exact-match',
  words: 10,
  make({ words }, { random }) {
    const bare = words.map(bareWord);
    const once = (at: number) => bare[at] !== '' && bare.indexOf(bare[at]) === at && bare.lastIndexOf(bare[at]) === at;
    const at = pick([...words.keys()].slice(0, -1).filter(once), random);
    if (at === undefined) return undefined;
    return {
      before: `${words.join(' ')} | ${words[at]}`,
      after: '',
      target: ` ${words[at + 1]}`,
      options: words.slice(1),
    };
  },
};

/** Words that only the examples of validation and test may hold: about a quarter. */
const isHeldOut = (word: string) => [...word].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 4 === 0;

export const reverse: TaskRule = {
  name: 'reverse',
  about: 'a word spelled backwards; none of those asked in training',
  metric: 'exact-match',
  words: 10,
  make({ words }, { random, split }) {
    const known = words.flatMap(token => plainWord(token)?.word ?? []);
    const word = pick(
      known.filter(found => found.length >= 4 && isHeldOut(found) === (split !== 'train')),
      random,
    );
    return word === undefined
      ? undefined
      : { before: word, after: '', target: [...word].reverse().join(''), options: [] };
  },
};

import { pick } from './draw.js';
import { bareWord, type Lexicon, type PlainWord, PREFIX, plainWord } from './lexicon.js';
import type { Making, Question, TaskRule } from './task.js';

// Tasks that ask what stands in a gap of the passage: what span corruption teaches.

interface Place extends PlainWord {
  readonly at: number;
}

/** Places of `words` from `from` on that hold a word of the lexicon which the passage has once. */
function plainPlaces(words: readonly string[], lexicon: Lexicon, from: number): Place[] {
  const bare = words.map(bareWord);
  return words.flatMap((token, at) => {
    const plain = plainWord(token);
    const serves = plain && at >= from && lexicon.has(plain.word);
    return serves && bare.filter(other => other === plain.word).length === 1 ? [{ at, ...plain }] : [];
  });
}

/** The passage with a gap in place of the word there, whose marks stay. The gap takes the space before it. */
function openGap(
  words: readonly string[],
  { at, tail }: Pick<Place, 'at' | 'tail'>,
): Pick<Question, 'before' | 'after'> {
  return { before: words.slice(0, at).join(' '), after: [tail, ...words.slice(at + 1)].join(' ') };
}

export const complete: TaskRule = {
  name: 'complete',
  about: `the word in the gap, whose first ${PREFIX} letters are given`,
  metric: 'exact-match',
  words: 12,
  make({ words }, { random, lexicon }) {
    const place = pick(plainPlaces(words, lexicon(), 4), random);
    if (place === undefined) return undefined;
    const prefix = place.word.slice(0, PREFIX);
    const options = lexicon().beginning(prefix);
    if (options.length < 4) return undefined;
    const { before, after } = openGap(words, place);
    return { before, after: `${after} | ${prefix}`, target: ` ${place.word}`, options };
  },
};

export const cloze: TaskRule = {
  name: 'cloze',
  about: 'which of two equally frequent words stands in the gap',
  metric: 'accuracy',
  words: 10,
  make({ words }, { random, lexicon, turn }: Making) {
    const place = pick(plainPlaces(words, lexicon(), 2), random);
    if (place === undefined) return undefined;
    const there = words.map(bareWord);
    const other = pick(
      lexicon()
        .peers(place.word)
        .filter(word => !there.includes(word)),
      random,
    );
    if (other === undefined) return undefined;
    const options = turn % 2 === 0 ? [place.word, other] : [other, place.word];
    const { before, after } = openGap(words, place);
    return { before, after: ` (${options.join(' or ')})${after}`, target: ` ${place.word}`, options };
  },
};

const PREPOSITIONS = [' by', ' for', ' from', ' in', ' of', ' on', ' to', ' with'];

export const preposition: TaskRule = {
  name: 'preposition',
  about: 'which of eight prepositions stands in the gap',
  metric: 'accuracy',
  words: 10,
  answers: PREPOSITIONS,
  make({ words }, { random }) {
    const places = [...words.keys()].filter(
      at => at >= 3 && at < words.length - 2 && PREPOSITIONS.includes(` ${words[at]}`),
    );
    const at = pick(places, random);
    return at === undefined
      ? undefined
      : { ...openGap(words, { at, tail: '' }), target: ` ${words[at]}`, options: PREPOSITIONS };
  },
};

const MARKS = [',', '.', ';'];

export const mark: TaskRule = {
  name: 'mark',
  about: 'whether a comma, a full stop or a semicolon stands in the gap',
  metric: 'accuracy',
  words: 12,
  answers: MARKS,
  make({ words }, { random }) {
    const places = words.flatMap((token, at) => {
      const plain = plainWord(token);
      return plain && at >= 4 && at < words.length - 3 && MARKS.includes(plain.tail) ? [{ at, ...plain }] : [];
    });
    const place = pick(places, random);
    if (place === undefined) return undefined;
    const { at, word, tail } = place;
    // a capital behind the gap would tell
    const after = [words[at + 1].toLowerCase(), ...words.slice(at + 2)].join(' ');
    return { before: [...words.slice(0, at), word].join(' '), after: ` ${after}`, target: tail, options: MARKS };
  },
};

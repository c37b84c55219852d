import { fail, shown, unknownName } from '../base/index.js';

// What a user writes is looked at twice before anything is made of it: here its characters, one by one and with their
// places, then (formula-tree.ts) the tree that mathjs reads in it. Neither is ever run.

/** Functions that a formula may call, each of one argument; pow alone takes two. Logarithms are natural: ln = log. */
export const FUNCTIONS = [
  'exp',
  'ln',
  'log',
  'log10',
  'log2',
  'sqrt',
  'abs',
  'sin',
  'cos',
  'atan',
  'tanh',
  'sigmoid',
  'pow',
] as const;

/** Names with a value of their own. `e` is Euler's number; a capital `E` is a name like any other. */
export const CONSTANTS: Readonly<Record<string, number>> = { e: Math.E, pi: Math.PI };

/** Bounds on what a formula may be, so that a hostile one is refused at once. */
export const LIMITS = {
  characters: 4000,
  tokens: 1000,
  nesting: 40,
  depth: 100,
  params: 20,
  instructions: 20_000,
} as const;

interface Token {
  readonly kind: 'number' | 'name' | 'sign' | 'open' | 'close' | 'comma';
  readonly text: string;
  /** Counted from 1. */
  readonly place: number;
}

// Words that mathjs reads as operators or values, and names that every JavaScript object answers to.
const WORDS = new Set('true false null undefined NaN Infinity end to in mod not and or xor __proto__'.split(' '));
const isReserved = (name: string) => WORDS.has(name) || name in Object.prototype;

const TOKEN =
  /\s*(?:(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_]\w*)|(?<sign>[-+*/^])|(?<open>\()|(?<close>\))|(?<comma>,))/y;

/** Refuses, in one line that names what and where, all but numbers, names, + - * / ^, parentheses and known calls. */
export function scanFormula(text: string, subject: string): void {
  if (text.length > LIMITS.characters)
    fail(`${subject} must have at most ${LIMITS.characters} characters, got ${text.length}`);
  if (text.trim() === '') fail(`${subject} must be a formula, got ${shown(text)}`);
  const tokens = tokenize(text, subject);
  if (tokens.length > LIMITS.tokens)
    fail(`${subject} must have at most ${LIMITS.tokens} numbers, names and signs, got ${tokens.length}`);
  let depth = 0;
  tokens.forEach((token, index) => {
    if (token.kind === 'open') depth++;
    if (token.kind === 'close') depth--;
    if (depth > LIMITS.nesting)
      fail(`${subject} must nest at most ${LIMITS.nesting} parentheses, got more at character ${token.place}`);
    checkToken(token, tokens[index + 1], subject);
  });
}

function tokenize(text: string, subject: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  const matcher = new RegExp(TOKEN);
  while (matcher.lastIndex < end) {
    const from = matcher.lastIndex;
    const groups = matcher.exec(text)?.groups;
    if (groups === undefined) return refuseCharacter(text, from, subject);
    for (const kind of ['number', 'name', 'sign', 'open', 'close', 'comma'] as const) {
      const found = groups[kind];
      if (found !== undefined) tokens.push({ kind, text: found, place: matcher.lastIndex - found.length + 1 });
    }
  }
  return tokens;
}

function refuseCharacter(text: string, from: number, subject: string): never {
  const index = from + text.slice(from).search(/\S/);
  const [character] = text.slice(index);
  const hint = character === '=' ? '; write the right-hand side alone' : '';
  return fail(
    `${subject} must be made of numbers, names, + - * / ^ and parentheses, got ${shown(character)} at character ${index + 1}${hint}`,
  );
}

function checkToken({ kind, text, place }: Token, next: Token | undefined, subject: string): void {
  const calls = kind === 'name' && next?.kind === 'open';
  if (calls && !(FUNCTIONS as readonly string[]).includes(text))
    fail(`${subject}: ${unknownName('function', text, FUNCTIONS)} at character ${place}`);
  if (kind === 'name' && !calls && (FUNCTIONS as readonly string[]).includes(text))
    fail(`${subject} must give ${text} its argument in parentheses, got none at character ${place}`);
  if (kind === 'name' && isReserved(text))
    fail(`${subject} must not use the name ${text}, which has a meaning of its own, at character ${place}`);
  if (kind === 'number' && !Number.isFinite(Number(text)))
    fail(`${subject} must hold numbers below 1.8e308, got ${shown(text)} at character ${place}`);
  const endsOperand = kind === 'number' || kind === 'name' || kind === 'close';
  const startsOperand = next?.kind === 'number' || next?.kind === 'name' || next?.kind === 'open';
  if (next && endsOperand && startsOperand && !calls)
    fail(`${subject} must have an operator before ${shown(next.text)} at character ${next.place} (for a product: *)`);
}

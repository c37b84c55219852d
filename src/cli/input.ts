import { fail, mustBe } from '../base/index.js';

// Texts of the command line -> values.

/** @example parseNumber('--level', '0.9') // => 0.9 */
export function parseNumber(option: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) fail(mustBe(option, 'a number', text));
  return value;
}

/** `NAME=TEXT,NAME=TEXT`. @example parsePairs('--map', 'N=params,D=tokens') // => { N: 'params', D: 'tokens' } */
export function parsePairs(option: string, text: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const pair of text.split(',')) {
    const [, name, value] =
      /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.+?)\s*$/.exec(pair) ?? fail(mustBe(option, 'NAME=VALUE pairs', pair));
    if (Object.hasOwn(pairs, name)) fail(`${option} must name ${name} once, got it again in ${JSON.stringify(text)}`);
    pairs[name] = value;
  }
  return pairs;
}

/** The pairs of an option that was given several times. */
export const parsePairsOf = (option: string, texts: readonly string[]) =>
  texts.length === 0 ? {} : parsePairs(option, texts.join(','));

/** `NAME=NUMBER,...` */
export const parseNumbers = (option: string, text: string) =>
  Object.fromEntries(
    Object.entries(parsePairs(option, text)).map(([name, value]) => [name, parseNumber(`${option} ${name}`, value)]),
  );

/** One NAME=EXPRESSION; the expression may hold commas and equal signs. */
export function parseDefinition(option: string, text: string): [name: string, expression: string] {
  const [, name, expression] =
    /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*([^\s].*)$/s.exec(text) ?? fail(mustBe(option, 'NAME=EXPRESSION', text));
  return [name, expression];
}

/** For options that may be given several times. */
export const collect = (value: string, before: readonly string[] = []) => [...before, value];

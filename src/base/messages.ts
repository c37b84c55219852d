import { closest } from 'fastest-levenshtein';
import { plain } from './format.js';

// Sentences that more than one room says to a user, as pure functions; tests compare against these.

/** How a value found in the input is shown inside a message: short, on one line. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return plain(text).length > 60 ? `${plain(text).slice(0, 57)}...` : plain(text);
}

/** @example outsideRange('level', '(0, 1)', 2) // => 'level must be in (0, 1), got 2' */
export const outsideRange = (what: string, range: string, got: unknown) =>
  `${what} must be in ${range}, got ${shown(got)}`;

/** @example mustBe('seed', 'an integer', 0.5) // => 'seed must be an integer, got 0.5' */
export const mustBe = (what: string, rule: string, got: unknown) => `${what} must be ${rule}, got ${shown(got)}`;

/** Names what is known, and the nearest of them. */
export function unknownName(what: string, name: string, names: readonly string[]): string {
  const known = names.map(plain);
  const near = known.length > 0 ? `; did you mean ${closest(name, known)}?` : '';
  const list = known.length <= 12 ? ` (known: ${known.join(', ')})` : '';
  return `unknown ${what} ${shown(name)}${near}${list}`;
}

/** Where in a table a value stands; rows count from 1 at the first data row. */
export const at = (file: string, row: number, column: string) => `${file}, row ${row}, column ${column}`;

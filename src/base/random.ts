import { mersenne, unsafeUniformIntDistribution } from 'pure-rand';
import { fail } from './error.js';
import { mustBe } from './messages.js';

/** Seeded random numbers: the same seed gives the same digits on every machine. */
export interface Random {
  /** A uniform number in [0, 1) with 52 random bits. */
  uniform(): number;
  /** A uniform integer in [0, below). */
  integer(below: number): number;
  /** A standard normal number (Box-Muller). */
  normal(): number;
  /** An independent generator; each call gives another. */
  fork(): Random;
}

const TWO_26 = 2 ** 26;
const LARGEST_SEED = 2 ** 32 - 1;

/** Checks a seed: an integer in [0, 2^32). */
export function checkSeed(seed: number): number {
  if (!(Number.isInteger(seed) && seed >= 0 && seed <= LARGEST_SEED))
    fail(mustBe('seed', `an integer in [0, ${LARGEST_SEED}]`, seed));
  return seed;
}

/** Source: Mersenne Twister (Matsumoto and Nishimura 1998), through pure-rand; neighbouring seeds start far apart. */
export function createRandom(seed: number): Random {
  const generator = mersenne(checkSeed(seed));
  const bits26 = () => generator.unsafeNext() & (TWO_26 - 1);
  const uniform = () => (bits26() * TWO_26 + bits26()) / 2 ** 52;
  return {
    uniform,
    integer: below => unsafeUniformIntDistribution(0, below - 1, generator),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    fork: () => createRandom(generator.unsafeNext() >>> 0),
  };
}

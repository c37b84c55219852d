import { evaluateFormula } from '../law/index.js';
import type { InputStatus } from './claims.js';
import type { Expectation, Made } from './fits-schema.js';

/**
 * How ours stands beside theirs. noted: they differ and a note says why; missing: ours cannot be made, and a note says
 * why; differs: out of tolerance without a word, which is an error.
 */
export type Outcome = 'agrees' | 'noted' | 'missing' | 'differs';

/** One number of ours beside theirs. */
export interface FitRow {
  readonly fit: string;
  readonly what: string;
  /** NaN never: null where it cannot be made. A verdict counts 1 when it was given. */
  readonly ours: number | null;
  readonly theirs: number;
  readonly source: string;
  /** Relative to theirs; absolute where that is 0. */
  readonly tolerance: number;
  readonly rule: Expectation['rule'];
  readonly within: boolean;
  readonly outcome: Outcome;
  /** 'recalled': theirs is a figure from memory, evidence of nothing. */
  readonly inputs: InputStatus;
  readonly note?: string;
}

/** Sets what was made beside what is expected. */
export async function compareExpected(fit: string, made: Made, want: Expectation): Promise<FitRow> {
  const { what, value: theirs = 1, tolerance, rule, source, recalled, note } = want;
  const ours =
    rule === 'missing' ? null : rule === 'says' ? saysVerdict(made, what) : await evaluateFormula(what, made.values);
  const within = ours !== null && isWithin(ours, theirs, { tolerance, rule });
  const outcome = within ? 'agrees' : rule === 'missing' ? 'missing' : note === undefined ? 'differs' : 'noted';
  return {
    fit,
    what,
    ours,
    theirs,
    source,
    tolerance,
    rule,
    within,
    outcome,
    inputs: recalled ? 'recalled' : 'verified',
    ...(note !== undefined && { note }),
  };
}

function isWithin(ours: number, theirs: number, { tolerance, rule }: Pick<Expectation, 'tolerance' | 'rule'>): boolean {
  const room = tolerance * (theirs === 0 ? 1 : Math.abs(theirs));
  return rule === 'atMost' ? ours <= theirs + room : Math.abs(ours - theirs) <= room;
}

/** `CODE`, or `CODE of NAME` where the verdict's text must name something. */
function saysVerdict({ verdicts }: Made, what: string): number {
  const [code, name] = what.split(' of ');
  const word = name === undefined ? /^/ : new RegExp(`\\b${name}\\b`);
  return verdicts.some(verdict => verdict.code === code && word.test(verdict.text)) ? 1 : 0;
}

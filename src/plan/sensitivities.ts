import { scaleBudget } from './budget.js';
import type { Constraints } from './constraints.js';
import type { Centre, Problem } from './problem.js';
import { type Search, searchShapes, spendProblem } from './search.js';

/** The shadow price of one limit. */
export interface Sensitivity {
  readonly constraint: 'budget' | 'inference' | keyof Constraints;
  /** Change of the best loss when the limit is eased by a tenth: below 0, or 0 where it does not bind. */
  readonly change: number;
  readonly text: string;
}

const TENTH = 1.1;

/** Limits and what easing them by a tenth is called. Those on text change what a budget buys. */
const EASED: readonly (readonly [keyof Constraints, string, number])[] = [
  ['memoryBytes', '10 % more memory', TENTH],
  ['uniqueTokens', '10 % more text', TENTH],
  ['epochs', '10 % more epochs', TENTH],
  ['maxParams', '10 % more parameters', TENTH],
  ['maxLayers', '10 % more layers', TENTH],
  ['minStepsPerSecond', '10 % fewer steps per second', 1 / TENTH],
];
const OF_TEXT: readonly string[] = ['uniqueTokens', 'epochs'];

/** What a tenth more of each limit would buy: the search again, with what did not change kept. */
export function findSensitivities(
  problem: Problem,
  { search, centre }: { search: Search; centre: Centre },
): Sensitivity[] {
  const { budget, constraints, inference, inputs, stage } = problem;
  const { costs, spending, best } = search;
  const solve = (constraint: Sensitivity['constraint'], words: string, eased: Problem, isSpendingKept: boolean) => {
    const again = searchShapes(eased, {
      costs,
      centre,
      spending: isSpendingKept ? spending : spendProblem(eased, costs),
    });
    const change = again.best < 0 ? 0 : Math.min(0, again.spending.loss[again.best] - spending.loss[best]);
    return { constraint, change, text: inWords(words, change, unitOf(stage.law.response.unit)) };
  };
  return [
    solve('budget', '10 % more budget', { ...problem, budget: scaleBudget(budget, TENTH) }, false),
    ...EASED.flatMap(([field, words, factor]) => {
      const value = constraints[field];
      if (value === undefined) return [];
      const loose: Constraints = { ...constraints, [field]: value * factor };
      const eased = { ...problem, constraints: loose, inputs: { ...inputs, uniqueTokens: loose.uniqueTokens } };
      return [solve(field, words, eased, !OF_TEXT.includes(field))];
    }),
    ...(inference
      ? [
          solve(
            'inference',
            '10 % fewer generated tokens',
            { ...problem, inference: { ...inference, tokens: inference.tokens / TENTH } },
            false,
          ),
        ]
      : []),
  ];
}

/** A loss that moves by less than this is the same: no run would show it. */
const NOTHING = 5e-7;

function inWords(words: string, change: number, unit: string): string {
  if (change > -NOTHING) return `${words} would buy nothing`;
  return `${words} would buy ${Number((-change).toPrecision(2))} ${unit}`;
}

const unitOf = (unit: string) => (unit.startsWith('nats') ? 'nats' : 'of loss');

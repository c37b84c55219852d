import test from 'ava';
import { type Fit, type FitOptions, fitLaw } from '../../src/fit/index.js';
import { type CertifiedProblem, loadCertified, PROBLEMS } from './nist.js';

/** Decimal digits that agree with the certified value. */
const matchingDigits = (got: number, want: number) => (got === want ? 15 : -Math.log10(Math.abs(got / want - 1)));

const LEAST_SQUARES: FitOptions = { rho: 'squared', covariance: 'classic', maxIterations: 2000 };

function fitFrom({ law, columns, starts }: CertifiedProblem, start: 1 | 2): Fit {
  const params = Object.fromEntries(Object.entries(starts[start - 1]).map(([name, at]) => [name, { start: at }]));
  return fitLaw(columns, law, { ...LEAST_SQUARES, starts: 1, params });
}

interface Digits {
  readonly values: number;
  readonly deviations: number;
  readonly squares: number;
}

/** Eleven digits are certified. Where rounding takes some: parameters that are nearly collinear, a flat valley. */
const MOST: Digits = { values: 8, deviations: 8, squares: 9 };
const FEWER: Readonly<Record<string, Digits>> = {
  Bennett5: { values: 8, deviations: 6, squares: 9 },
  Hahn1: { values: 7, deviations: 8, squares: 9 },
  Lanczos2: { values: 6, deviations: 6, squares: 9 },
  Lanczos3: { values: 6, deviations: 6, squares: 9 },
  // Residuals of 1e-13 are rounding of responses near 1: three digits of them are left in double precision.
  Lanczos1: { values: 9, deviations: 2, squares: 2 },
};

/** Terms [factor, rate] of a sum of exponentials: which is which does not change the curve. */
const THREE_TERMS: readonly (readonly [string, string])[] = [
  ['b1', 'b2'],
  ['b3', 'b4'],
  ['b5', 'b6'],
];
const TERMS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  Lanczos1: THREE_TERMS,
  Lanczos2: THREE_TERMS,
  Lanczos3: THREE_TERMS,
  MGH17: [
    ['b2', 'b4'],
    ['b3', 'b5'],
  ],
};

/** Names of the certified parameters -> names of the fitted ones, terms matched by the order of their rates. */
function matchNames(problem: string, fit: Fit, { values }: CertifiedProblem): Record<string, string> {
  const names = Object.fromEntries(Object.keys(values).map(name => [name, name]));
  const terms = TERMS[problem] ?? [];
  const byRate = (rate: (name: string) => number) => [...terms].sort((a, b) => rate(a[1]) - rate(b[1]));
  const fitted = byRate(name => fit.params[name].value);
  byRate(name => values[name]).forEach((term, k) => {
    for (const part of [0, 1] as const) names[term[part]] = fitted[k][part];
  });
  return names;
}

/** Mirrored, (b1, b2) and (-b1, -b2) are the same curve. */
const EITHER_SIGN = ['Eckerle4'];

const certifiedDigits = test.macro({
  async exec(t, problem: string, start: 1 | 2) {
    const certified = await loadCertified(problem);
    const fit = fitFrom(certified, start);
    const names = matchNames(problem, fit, certified);
    const digits = FEWER[problem] ?? MOST;
    const plain = EITHER_SIGN.includes(problem) ? Math.abs : (value: number) => value;
    t.is(fit.status === 'converged', problem !== 'Lanczos1', fit.status);
    for (const [name, want] of Object.entries(certified.values)) {
      const { value, se } = fit.params[names[name]];
      t.true(matchingDigits(plain(value), want) >= digits.values, `${name}: ${value}`);
      t.true(matchingDigits(se, certified.deviations[name]) >= digits.deviations, `se of ${name}: ${se}`);
    }
    const residualDeviation = Math.sqrt((2 * fit.objective) / (fit.rows - fit.free));
    t.true(matchingDigits(2 * fit.objective, certified.sumOfSquares) >= digits.squares);
    t.true(matchingDigits(residualDeviation, certified.residualDeviation) >= digits.squares);
  },
  title: (_, problem, start) =>
    `NIST ${problem} as a formula, start ${start}: values, deviations and squares to their certified digits`,
});

for (const problem of PROBLEMS) for (const start of [1, 2] as const) test(certifiedDigits, problem, start);

test('the whole suite of 27 nonlinear problems is there', t => {
  t.is(PROBLEMS.length, 27);
});

const certifiedAlone = test.macro({
  async exec(t, problem: string) {
    const { columns, law, sumOfSquares } = await loadCertified(problem);
    const { status, objective } = fitLaw(columns, law, LEAST_SQUARES);
    t.is(status, 'converged');
    t.true(matchingDigits(2 * objective, sumOfSquares) >= 9);
  },
  title: (_, problem) => `NIST ${problem}, no starting values: 64 starts find the certified sum of squares`,
});

for (const problem of ['BoxBOD', 'DanWood', 'Eckerle4', 'Kirby2', 'Lanczos2', 'Lanczos3', 'MGH17', 'Nelson'])
  test(certifiedAlone, problem);
for (const problem of ['Misra1a', 'Misra1b', 'Misra1c', 'Misra1d', 'Rat42', 'Roszman1']) test(certifiedAlone, problem);

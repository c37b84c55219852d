import test from 'ava';
import { derivative, parse } from 'mathjs';
import { InputError } from '../../src/base/index.js';
import { fitLaw } from '../../src/fit/index.js';
import { evaluateFormula, findLaw, inputNames, LAWS, type Law, paramNames, parseFormula } from '../../src/law/index.js';

/** Value and derivatives by name at the law's example. */
function at(law: Law, values: Readonly<Record<string, number>>, inputs: Readonly<Record<string, number>>) {
  const gradient = new Float64Array(law.params.length);
  const point = inputNames(law).map(name => inputs[name]);
  const value = law.evaluate(
    paramNames(law).map(name => values[name]),
    point,
    gradient,
  );
  return { value, slopes: Object.fromEntries(paramNames(law).map((name, k) => [name, gradient[k]])) };
}

const near = (got: number, want: number, tolerance: number) => Math.abs(got - want) <= tolerance * Math.abs(want);

for (const law of LAWS)
  test(`parseFormula(formula of ${law.name}) gives the law again: values, derivatives, parameters`, async t => {
    const { name, response } = law;
    const formula = await parseFormula(law.formula, { inputs: inputNames(law), response: response.name, name });
    const inputs = Object.fromEntries(
      law.inputs.map(({ name: input, positive }, i) => [input, (positive ? 3e7 : 1) * (i + 1)]),
    );
    const [written, read] = [law, formula].map(one => at(one, law.example.params, inputs));
    t.true(near(read.value, written.value, 1e-13));
    for (const [param, slope] of Object.entries(written.slopes)) t.true(near(read.slopes[param], slope, 1e-11), param);
    t.deepEqual([...formula.linear].sort(), [...law.linear].sort());
    t.deepEqual(inputNames(formula), inputNames(law));
  });

const FORMULAS = [
  'a * x^2 + b * x + c',
  'tanh(a * x) + log10(b * x) / c - log2(b)',
  'abs(a - x) * sqrt(b) + pow(x, c)',
  'sin(a * x) * cos(b + x) + atan(c * x)',
  '(a + b * x)^c * e^(-x / 3) + pi',
  'ln(a * x + 1) / (1 + exp(b * x - c)) - -2',
  'sigmoid(a * x - b)^c',
  '-a^2 / x^-b / (x * c)^b',
];
/** The same, where mathjs knows another name or none. */
const inMathjs = (text: string) =>
  text
    .replaceAll('ln(', 'log(')
    .replace('sigmoid(a * x - b)', '(1 / (1 + exp(-(a * x - b))))')
    .replace('log2(b)', '(log(b) / log(2))');
for (const text of FORMULAS)
  test(`parseFormula('${text}') has the value and the derivatives that mathjs has`, async t => {
    const law = await parseFormula(text, { inputs: ['x'] });
    const scope = { a: 0.7, b: 1.3, c: 0.4, x: 2.1 };
    const { value, slopes } = at(law, scope, scope);
    t.true(near(value, parse(inMathjs(text)).evaluate({ ...scope }), 1e-13));
    for (const [param, slope] of Object.entries(slopes))
      t.true(near(slope, derivative(inMathjs(text), param).evaluate({ ...scope }), 1e-12), param);
  });

test('parseFormula() reads E as a parameter and e as a number', async t => {
  const law = await parseFormula('E * e^(-k * x)', { inputs: ['x'] });
  t.deepEqual(paramNames(law), ['E', 'k']);
  t.true(near(law.evaluate([2, 1], [1]), 2 / Math.E, 1e-15));
});

test('parseFormula() takes as inputs the columns that occur, in their order', async t => {
  const law = await parseFormula('A / D^b + C / N^d', { inputs: ['N', 'unused', 'D'] });
  t.deepEqual(inputNames(law), ['N', 'D']);
  t.deepEqual(
    law.inputs.map(({ drives }) => drives),
    [
      ['C', 'd'],
      ['A', 'b'],
    ],
  );
});

test('parseFormula() finds linear parameters only where all of them at 0 give 0', async t => {
  const linear = async (text: string) => (await parseFormula(text, { inputs: ['x'] })).linear;
  t.deepEqual(await linear('E + A / x^alpha'), ['E', 'A']);
  t.deepEqual(await linear('a * (b + x)'), ['a']);
  t.deepEqual(await linear('1 + A / x^alpha'), []);
  t.deepEqual(await linear('exp(a + b * x)'), []);
});

test('parseFormula() wants above 0 what is raised to a free power or logged, and no more', async t => {
  const law = await parseFormula('(x / d)^c + ln(N) * a + (y - b)^2', { inputs: ['x', 'N', 'y'] });
  t.deepEqual(
    law.inputs.map(({ positive }) => positive),
    [true, true, false],
  );
  t.deepEqual(
    law.params.map(({ scale }) => scale),
    ['log', 'linear', 'linear', 'linear'],
  );
});

test('parseFormula() keeps value and derivatives finite where exp overflows', async t => {
  const steep = at(await parseFormula('hi / (1 + exp(k * x))', { inputs: ['x'] }), { hi: 1, k: 1e3 }, { x: 5 });
  t.deepEqual(steep, { value: 0, slopes: { hi: 0, k: -0 } });
  const power = at(await parseFormula('A / x^a', { inputs: ['x'] }), { A: 1, a: 40 }, { x: 1e12 });
  t.deepEqual(power, { value: 0, slopes: { A: 0, a: -0 } });
  t.is(at(await parseFormula('abs(a - x)', { inputs: ['x'] }), { a: 2 }, { x: 2 }).slopes.a, 0);
});

test('parseFormula() ranges look where the data are', async t => {
  const law = await parseFormula('A / x^a + (1 - A) * tanh(r * (y - m)) + z^q', { inputs: ['x', 'y', 'z'] });
  const column = (...values: number[]) => Float64Array.from(values);
  const ranges = law.ranges({ x: column(1, 9), y: column(3, 5), z: column(2, 4), loss: column(1, 2) });
  t.deepEqual(ranges.a, [0.02, 1]);
  t.deepEqual(ranges.m, [3, 5]);
  t.deepEqual(ranges.q, [-1, 1]);
  t.deepEqual(ranges.r, [-2, 2]);
});

// The optimum of Hoffmann's form on points made by it without noise is known: the constants that made them.
test('fitLaw(a formula) finds the constants that made the data, as the law written by hand does', async t => {
  const law = await parseFormula('E + A / N^alpha + B / D^beta', { inputs: ['N', 'D'] });
  const made = { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 };
  const N = Float64Array.from({ length: 30 }, (_, i) => 1e7 * 1.4 ** (i % 6));
  const D = Float64Array.from({ length: 30 }, (_, i) => 1e9 * 3 ** Math.floor(i / 6));
  const loss = N.map((n, i) => at(findLaw('chinchilla'), made, { N: n, D: D[i] }).value);
  const { params } = fitLaw({ N, D, loss }, law, { starts: 16 });
  for (const [name, value] of Object.entries(made)) t.true(near(params[name].value, value, 1e-5), name);
});

const refused = (text: string, message: RegExp) =>
  test(`parseFormula('${text.length > 60 ? `${text.slice(0, 57)}...` : text}') is refused in one line`, async t => {
    const error = await t.throwsAsync(parseFormula(text, { inputs: ['x'] }), { instanceOf: InputError });
    t.regex(error.message, message);
    t.true(error.message.length < 300 && !error.message.includes('\n'));
  });

refused('', /^formula must be a formula, got ""$/);
refused('a = 1', /got "=" at character 3; write the right-hand side alone$/);
refused('f(x) = a * x', /got "=" at character 6; write the right-hand side alone$/);
refused('f(x) + a', /unknown function "f".* at character 1$/);
refused('import("fs")', /got "\\"" at character 8$/);
refused('import(x)', /unknown function "import".* at character 1$/);
refused('evaluate(x)', /unknown function "evaluate"/);
refused('x + "text"', /got "\\"" at character 5$/);
refused("x + 'text'", /got "'" at character 5$/);
refused('x + `text`', /got "`" at character 5$/);
refused('1:x', /got ":" at character 2$/);
refused('[x, a]', /got "\[" at character 1$/);
refused('{a: x}', /got "{" at character 1$/);
refused('x.constructor', /got "\." at character 2$/);
refused('a; x', /got ";" at character 2$/);
refused('x > 1 ? a : 2', /got ">" at character 3$/);
refused('a x', /must have an operator before "x" at character 3 \(for a product: \*\)$/);
refused('2 x', /must have an operator before "x" at character 3/);
refused('2(x)', /must have an operator before "\(" at character 2/);
refused('5 cm + x', /must have an operator before "cm" at character 3/);
refused('a!', /got "!" at character 2$/);
refused('x % a', /got "%" at character 3$/);
refused('x mod a', /must have an operator before "mod"/);
refused('x² + a', /got "²" at character 2$/);
refused('α * x', /got "α" at character 1$/);
refused('constructor * x', /must not use the name constructor, which has a meaning of its own, at character 1$/);
refused('x * __proto__', /must not use the name __proto__.* at character 5$/);
refused('toString(x)', /unknown function "toString"/);
refused('true * x', /must not use the name true/);
refused('log(x, a)', /must give log 1 argument, got 2; for another base divide: ln\(x\) \/ ln\(base\)$/);
refused('pow(x)', /must give pow 2 arguments, got 1$/);
refused('max(x, a)', /unknown function "max"/);
refused('exp * x', /must give exp its argument in parentheses, got none at character 1$/);
refused('a * (x', /must be a complete formula.*Parenthesis \) expected at character 7$/);
refused('a ** x', /must be a complete formula.*Value expected at character 4$/);
refused('x + a,', /must be a complete formula/);
refused('9^9^9 * a * x', /must have finite numbers in all its parts, got Infinity/);
refused('1e999 * a * x', /must hold numbers below 1.8e308, got "1e999" at character 1$/);
refused('1 / 0 + a * x', /must have finite numbers/);
refused('loss + a * x', /must not read its own response "loss"$/);
refused('a * y', /must read a column: unknown column "a"; did you mean x\? \(known: x\)$/);
refused('3 * x', /must have a parameter to fit, got none beside x$/);
refused('x'.repeat(1e6), /must have at most 4000 characters, got 1000000$/);
refused(`${'('.repeat(200)}a * x${')'.repeat(200)}`, /must nest at most 40 parentheses, got more at character 41$/);
refused(`x${' + a'.repeat(400)}`, /must be at most 100 operations deep, got 400$/);
refused(`x${' + 1'.repeat(600)}`, /must have at most 1000 numbers, names and signs, got 1201$/);
refused(Array.from({ length: 21 }, (_, i) => `p${i} * x`).join(' + '), /must have at most 20 parameters, got 21$/);

// Each of these has derivatives that grow with the square of their length, or towers of calls.
for (const text of [
  Array.from({ length: 90 }, (_, i) => `(p${i % 20} + x)`).join(' * '),
  Array.from({ length: 90 }, (_, i) => `(p${i % 20} + x)^p${(i + 7) % 20}`).join(' * '),
  `${'exp('.repeat(38)}a * x${')'.repeat(38)}`,
  `${'('.repeat(39)}a + x${')^(b * x)'.repeat(39)}`,
])
  test(`parseFormula('${text.slice(0, 40)}...') is read within 2 seconds`, async t => {
    await parseFormula('a * x', { inputs: ['x'] }); // mathjs is loaded
    const start = performance.now();
    await parseFormula(text, { inputs: ['x'] });
    t.true(performance.now() - start < 2000);
  });

test('parseFormula() refuses columns that formulas cannot name', async t => {
  const refuse = async (inputs: string[], response: string, message: RegExp) =>
    t.regex(
      (await t.throwsAsync(parseFormula('a * x', { inputs, response }), { instanceOf: InputError })).message,
      message,
    );
  await refuse(['x', 'two words'], 'loss', /^a name in a formula must be letters, digits and _, got "two words"$/);
  await refuse(['x', 'e'], 'loss', /^a column must not be called e, which formulas read as 2.718/);
  await refuse(['x', '__proto__'], 'loss', /must not use the name __proto__/);
  await refuse(['x', 'loss'], 'loss', /^the response must be no input as well, got "loss"$/);
});

test('evaluateFormula() works out arithmetic on named numbers', async t => {
  t.is(await evaluateFormula('beta / (alpha + beta)', { alpha: 0.5, beta: 0.25 }), 1 / 3);
  t.is(await evaluateFormula('-2^2 + 2^3^2 - 1e1', {}), 498);
  t.is(await evaluateFormula('A * (ln(e) + sqrt(4))', { A: 2 }), 6);
});

test('evaluateFormula() refuses unknown names, names of objects, and values that are no numbers', async t => {
  const refuse = async (text: string, message: RegExp) =>
    t.regex((await t.throwsAsync(evaluateFormula(text, { a: 1 }), { instanceOf: InputError })).message, message);
  await refuse('a + b', /^unknown name in formula "b"; did you mean a\?/);
  await refuse('a + valueOf', /must not use the name valueOf/);
  await refuse('a / (a - 1)', /^formula a \/ \(a - 1\) must be a finite number, got Infinity$/);
  await refuse('import(a)', /unknown function "import"/);
});

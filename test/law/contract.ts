import type { ExecutionContext, TestFn } from 'ava';
import { derivative, type EvalFunction, evaluate, parse } from 'mathjs';
import { inputNames, type Law, paramNames, predictLaw } from '../../src/law/index.js';

/** Inputs that sit where laws are used: sizes of 1e7 to 1e12, losses of 0.5 to 3, and each law's own order. */
const POINTS = [
  { positive: 3.1e7, free: 0.53 },
  { positive: 7e9, free: 0.97 },
  { positive: 1.4e12, free: 2.3 },
];

/** A law that counts parameters wants whole shapes: Small, Base and Large. */
const SHAPES = [
  [6, 6, 512, 2048, 64, 8, 32128],
  [12, 12, 768, 3072, 65, 12, 32256],
  [24, 24, 1024, 4096, 66, 16, 32384],
];

/** What every law must keep, whatever its form: run once for each law of the registry. */
export function lawContract(test: TestFn, law: Law): void {
  for (const [index, inputs] of points(law).entries()) {
    test(`${law.name}: evaluate() equals mathjs on the formula, point ${index}`, t => {
      near(t, evaluateAt(law, inputs).value, parse(law.formula).evaluate({ ...law.example.params, ...inputs }), 1e-13);
    });
    test(`${law.name}: the gradient equals mathjs' symbolic derivatives, point ${index}`, t => {
      const { gradient, value } = evaluateAt(law, inputs);
      for (const [k, name] of paramNames(law).entries()) {
        // Not simplified: that takes mathjs minutes on a long formula, and changes no value.
        const symbolic: EvalFunction = derivative(law.formula, name, { simplify: false }).compile();
        const want: number = symbolic.evaluate({ ...law.example.params, ...inputs });
        // The second part is what rounding the response alone does to a derivative.
        const room =
          1e-10 * Math.abs(want) + (1e-15 * Math.abs(value)) / Math.max(1, Math.abs(law.example.params[name]));
        t.true(Math.abs(gradient[k] - want) <= room, `${name}: ${gradient[k]} is not ${want}`);
      }
    });
    test(`${law.name}: the gradient equals central differences, point ${index}`, t => {
      const { gradient, value } = evaluateAt(law, inputs);
      for (const [k, name] of paramNames(law).entries()) {
        const params = { ...law.example.params };
        const step = 1e-6 * Math.max(1e-2, Math.abs(params[name]));
        const at = (shift: number) =>
          law.evaluate(
            Object.values(inOrder(paramNames(law), { ...params, [name]: params[name] + shift })),
            Object.values(inputs),
          );
        const slope = (at(step) - at(-step)) / (2 * step);
        t.true(Math.abs(slope - gradient[k]) <= 1e-6 * Math.abs(gradient[k]) + (1e-15 * Math.abs(value)) / step, name);
      }
    });
  }
  for (const input of law.inputs.filter(({ trend }) => trend !== 'either'))
    test(`${law.name}: the response ${input.trend} as ${input.name} grows`, t => {
      const [low, middle] = points(law);
      const high = { ...low, [input.name]: middle[input.name] };
      const change = predictLaw(law, law.example.params, high) - predictLaw(law, law.example.params, low);
      t.true(input.trend === 'falls' ? change < 0 : change > 0);
    });
  for (const { inputs, value } of law.limits)
    test(`${law.name}: at ${JSON.stringify(inputs)} the response is ${value}`, t => {
      // Slow powers stay away from their limit, so exponents of 1 stand in for the example's.
      const params = { ...law.example.params, ...Object.fromEntries(exponents(law).map(name => [name, 1])) };
      const want: number = evaluate(value, params);
      t.true(Math.abs(predictLaw(law, params, inputs) - want) < 1e-9 * Math.max(1, Math.abs(want)));
    });
  test(`${law.name}: is linear in ${law.linear.join(', ') || 'no parameter'}`, t => {
    const [inputs] = points(law);
    const { gradient } = evaluateAt(law, inputs);
    const doubled = Object.fromEntries(law.linear.map(name => [name, 2 * law.example.params[name]]));
    const twice = law.evaluate(
      Object.values(inOrder(paramNames(law), { ...law.example.params, ...doubled })),
      Object.values(inputs),
      gradient,
    );
    if (law.linear.length > 0) near(t, twice, 2 * evaluateAt(law, inputs).value, 1e-13);
    else t.pass();
  });
  test(`${law.name}: names its parts once, and the example lies inside the bounds`, t => {
    t.is(
      new Set([...inputNames(law), ...paramNames(law), law.response.name]).size,
      1 + inputNames(law).length + law.params.length,
    );
    t.deepEqual(Object.keys(law.example.params).sort(), paramNames(law).sort());
    for (const { name, min, max } of law.params)
      t.true(law.example.params[name] >= min && law.example.params[name] <= max, name);
    for (const { drives } of law.inputs) for (const name of drives) t.true(paramNames(law).includes(name), name);
    t.true(law.source.length > 0 && law.example.source.length > 0);
  });
  test(`${law.name}: ranges() covers every parameter that is not linear`, t => {
    const rows = points(law);
    const columns = Object.fromEntries(inputNames(law).map(name => [name, Float64Array.from(rows, row => row[name])]));
    const ranges = law.ranges({
      ...columns,
      [law.response.name]: Float64Array.from(rows, row => evaluateAt(law, row).value),
    });
    const needed = paramNames(law).filter(name => !law.linear.includes(name));
    t.deepEqual(Object.keys(ranges).sort(), needed.sort());
    for (const [from, to] of Object.values(ranges)) t.true(Number.isFinite(from) && from < to && to < Infinity);
  });
}

function points(law: Law): Record<string, number>[] {
  if (inputNames(law).includes('num_layers'))
    return SHAPES.map(shape => Object.fromEntries(inputNames(law).map((name, i) => [name, shape[i]])));
  return POINTS.map(({ positive, free }, p) =>
    Object.fromEntries(law.inputs.map((input, i) => [input.name, input.positive ? positive * (1 + i + p) : free + i])),
  );
}

const exponents = (law: Law) => paramNames(law).filter(name => /^(alpha|beta|gamma|eta)(_|$)/.test(name));

const inOrder = (names: readonly string[], values: Readonly<Record<string, number>>) =>
  Object.fromEntries(names.map(name => [name, values[name]]));

function evaluateAt(law: Law, inputs: Readonly<Record<string, number>>) {
  const gradient = new Float64Array(law.params.length);
  const params = Object.values(inOrder(paramNames(law), law.example.params));
  return { value: law.evaluate(params, Object.values(inOrder(inputNames(law), inputs)), gradient), gradient };
}

function near(t: ExecutionContext, got: number, want: number, tolerance: number, what = ''): void {
  t.true(Math.abs(got - want) <= tolerance * Math.max(Math.abs(want), 1e-300), `${what}: ${got} is not ${want}`);
}

import { fail, mustBe, outsideRange, unknownName } from '../base/index.js';
import { inputNames, type Law, paramNames } from './law.js';

/**
 * Response of a law for named constants and named inputs, in the unit of its response.
 *
 * @example predictLaw(findLaw('chinchilla'), { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 },
 *   { N: 70e9, D: 1.4e12 }) // => 1.937
 */
export function predictLaw(
  law: Law,
  params: Readonly<Record<string, number>>,
  inputs: Readonly<Record<string, number>>,
): number {
  return law.evaluate(parseParams(law, params), parseInputs(law, inputs));
}

/** Named constants in declared order; each must be there, known, finite and within its bounds. */
export function parseParams(law: Law, params: Readonly<Record<string, number>>): Float64Array {
  const values = pickNamed(law, 'parameter', paramNames(law), params);
  law.params.forEach(({ name, min, max }, index) => {
    if (!(values[index] >= min && values[index] <= max))
      fail(outsideRange(`${law.name}: ${name}`, `[${min}, ${max}]`, values[index]));
  });
  return values;
}

/** Named inputs in declared order; each must be there, known, finite, and above 0 where the law needs it. */
export function parseInputs(law: Law, inputs: Readonly<Record<string, number>>): Float64Array {
  const values = pickNamed(law, 'input', inputNames(law), inputs);
  law.inputs.forEach(({ name, positive }, index) => {
    if (positive && !(values[index] > 0)) fail(mustBe(`${law.name}: ${name}`, 'above 0', values[index]));
  });
  return values;
}

function pickNamed(law: Law, what: string, names: readonly string[], given: Readonly<Record<string, number>>) {
  for (const name of Object.keys(given))
    if (!names.includes(name)) fail(unknownName(`${law.name} ${what}`, name, names));
  return Float64Array.from(names, name => {
    if (!Number.isFinite(given[name])) fail(mustBe(`${law.name}: ${name}`, 'a finite number', given[name]));
    return given[name];
  });
}

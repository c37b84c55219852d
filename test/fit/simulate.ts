import { type Columns, createRandom } from '../../src/base/index.js';
import { inputNames, type Law, paramNames } from '../../src/law/index.js';

/** Sizes and tokens of a small sweep: every pair of 4 x 4, so that both exponents are identified. */
export const SWEEP: Columns = {
  N: Float64Array.from({ length: 16 }, (_, i) => 3e7 * 5 ** (i % 4)),
  D: Float64Array.from({ length: 16 }, (_, i) => 1e9 * 7 ** Math.floor(i / 4)),
};

/** The inputs with responses of the law, each times exp(noise * normal) or plus noise * normal as its residual says. */
export function simulate(
  law: Law,
  params: Readonly<Record<string, number>>,
  { inputs, noise = 0, seed = 1 }: { inputs: Columns; noise?: number; seed?: number },
): Columns {
  const random = createRandom(seed);
  for (let skipped = 0; skipped < 32; skipped++) random.uniform(); // neighbouring seeds begin alike
  const values = paramNames(law).map(name => params[name]);
  const names = inputNames(law);
  const response = inputs[names[0]].map((_, row) => {
    const exact = law.evaluate(
      values,
      names.map(name => inputs[name][row]),
    );
    const error = noise === 0 ? 0 : noise * random.normal();
    return law.residual === 'log' ? exact * Math.exp(error) : exact + error;
  });
  return { ...inputs, [law.response.name]: response };
}

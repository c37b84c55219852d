import { fail, mustBe, unknownName } from '../base/index.js';
import { COMPUTE, readFormula, type Tree } from './formula-tree.js';

/**
 * The value of a formula for named numbers. Only arithmetic: the same signs, functions and constants as `parseFormula`.
 *
 * @param values every name the formula may use; own properties only
 * @example await evaluateFormula('beta / (alpha + beta)', { alpha: 0.5, beta: 0.3 }) // => 0.375
 */
export async function evaluateFormula(text: string, values: Readonly<Record<string, number>>): Promise<number> {
  const tree = await readFormula(text, 'formula');
  const value = evaluateTree(tree, values);
  return Number.isFinite(value) ? value : fail(mustBe(`formula ${text}`, 'a finite number', value));
}

function evaluateTree(tree: Tree, values: Readonly<Record<string, number>>): number {
  if (tree.kind === 'number') return tree.value;
  if (tree.kind === 'name') {
    if (!Object.hasOwn(values, tree.name)) fail(unknownName('name in formula', tree.name, Object.keys(values)));
    return values[tree.name];
  }
  const [a, b = a] = tree.args.map(arg => evaluateTree(arg, values));
  return COMPUTE[tree.operation](a, b);
}

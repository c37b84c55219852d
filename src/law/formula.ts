import { fail, mustBe, shown, unknownName } from '../base/index.js';
import { differentiate, drivenBy, freeNames, linearParams, normalize, positiveNames } from './formula-form.js';
import { compileProgram } from './formula-program.js';
import { searchRange } from './formula-ranges.js';
import { CONSTANTS, FUNCTIONS, LIMITS, scanFormula } from './formula-scan.js';
import { readFormula, type Tree } from './formula-tree.js';
import type { Law } from './law.js';

export interface FormulaOptions {
  /** Columns that the formula may read; those whose names occur in it become its inputs, in this order. */
  readonly inputs: readonly string[];
  /** The column that it predicts; the formula must not read it. Default 'loss'. */
  readonly response?: string;
  /** What the law is called in tables and sentences. Default 'formula'. */
  readonly name?: string;
  /** Residuals of logarithms or of the values. Default log, as the laws of loss have. */
  readonly residual?: 'log' | 'linear';
}

/**
 * A law from a formula that a user wrote, with exact derivatives.
 *
 * It may hold numbers, names, + - * / ^, parentheses, and exp, ln (also log), log10, log2, sqrt, abs, sin, cos, atan,
 * tanh, sigmoid and pow(a, b); `e` and `pi` are numbers. Names among `inputs` are columns, every other name (also `E`) is a
 * parameter to fit, in order of appearance. Products need their *. Anything else is refused in one line, and nothing is
 * ever run: mathjs reads and differentiates the text, and what is left is a list of arithmetic instructions.
 *
 * Parameters are unbounded and walked by differences, but for those that must be above 0 because a power of them or
 * their logarithm is taken: these are walked by factors. Inputs alike must be above 0. At most 20 parameters.
 *
 * @example const law = await parseFormula('E + A / N^alpha', { inputs: ['N'] });
 * law.evaluate([1.7, 400, 0.34], [1e9]) // => 2.048
 */
export async function parseFormula(text: string, options: FormulaOptions): Promise<Law> {
  const { inputs: columns, response = 'loss', name = 'formula', residual = 'log' } = options;
  const shownAs = text.trim().replace(/\s+/g, ' ');
  checkNames(columns, response);
  const tree = normalize(await readFormula(text, name));
  const { inputs, params } = splitNames(tree, { columns, response, name });
  const slopes = await differentiate(tree, params, name);
  const positive = positiveNames(tree);
  const program = compileProgram({ value: tree, slopes, params, inputs, positive });
  if (program.length > LIMITS.instructions)
    fail(`${name} must have derivatives of at most ${LIMITS.instructions} steps, got ${program.length}`);
  const linear = linearParams(tree, params, slopes);
  const searched = params.filter(param => !linear.includes(param));
  return {
    name,
    title: shownAs,
    formula: shownAs,
    inputs: inputs.map(input => ({
      name: input,
      unit: 'as in the table',
      meaning: `column ${input}`,
      positive: positive.has(input),
      trend: 'either',
      drives: drivenBy(input, { tree, inputs }),
    })),
    response: { name: response, unit: 'as in the table' },
    params: params.map(param => ({
      name: param,
      min: positive.has(param) ? 0 : -Infinity,
      max: Infinity,
      scale: positive.has(param) ? 'log' : 'linear',
      meaning: `${param} of the formula`,
    })),
    residual,
    linear,
    ranges: data =>
      Object.fromEntries(
        searched.map(param => [param, searchRange(tree, param, { columns: data, inputs, response, positive })]),
      ),
    evaluate: program.evaluate,
    limits: [],
    example: { params: Object.fromEntries(params.map(param => [param, 1])), source: 'none: every constant is 1' },
    source: 'a formula given by hand',
  };
}

function checkNames(columns: readonly string[], response: string): void {
  for (const column of [...columns, response]) {
    if (!/^[A-Za-z_]\w*$/.test(column)) fail(mustBe('a name in a formula', 'letters, digits and _', column));
    scanFormula(column, 'a name in a formula');
    if (Object.hasOwn(CONSTANTS, column) || (FUNCTIONS as readonly string[]).includes(column))
      fail(`a column must not be called ${column}, which formulas read as ${CONSTANTS[column] ?? 'a function'}`);
  }
  if (columns.includes(response)) fail(mustBe('the response', 'no input as well', response));
}

function splitNames(tree: Tree, given: { columns: readonly string[]; response: string; name: string }) {
  const { columns, response, name } = given;
  const free = freeNames(tree, columns);
  if (free.includes(response)) fail(`${name} must not read its own response ${shown(response)}`);
  const used = new Set(freeNames(tree, []));
  const inputs = columns.filter(column => used.has(column));
  if (inputs.length === 0) {
    const [first] = free;
    fail(first ? `${name} must read a column: ${unknownName('column', first, columns)}` : `${name} must read a column`);
  }
  if (free.length === 0) fail(`${name} must have a parameter to fit, got none beside ${inputs.join(', ')}`);
  if (free.length > LIMITS.params) fail(`${name} must have at most ${LIMITS.params} parameters, got ${free.length}`);
  return { inputs, params: free };
}

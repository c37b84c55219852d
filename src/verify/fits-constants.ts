import { z } from 'zod';
import { fail, mustBe } from '../base/index.js';
import { findLaw, inputNames, type Law, paramNames, predictLaw } from '../law/index.js';
import { findColumn } from '../runs/index.js';
import { loadEntryTable } from './fits-data.js';
import { entryLaw } from './fits-law.js';
import { createMethod, type Made } from './fits-schema.js';

type Constants = Readonly<Record<string, number>>;

const options = z.strictObject({
  /** Which law of the table of published constants. */
  constants: z.string(),
  /** Points at which to evaluate, by name. */
  at: z.record(z.string(), z.record(z.string(), z.number())).default({}),
  /** Budgets of 6 N D FLOPs to split for the least loss, by name. */
  budgets: z.record(z.string(), z.number().positive()).default({}),
});

/**
 * A law with its constants as published: nothing is fitted. Names: the constants, `loss_*` at each point and budget,
 * and for each budget `N_*`, `D_*`, `tokens_per_param_*`, `exponent_N_*`: d ln N / d ln C along the best splits.
 */
export const constantsMethod = createMethod(options, async (entry, { constants: called, at, budgets }) => {
  const law = findLaw(entryLaw(entry));
  const table = await loadEntryTable(entry);
  const [laws, params, texts] = ['law', 'param', 'value'].map(column => Array.from(findColumn(table, column), String));
  const rows = laws.flatMap((name, row) => (name === called ? [readConstant(params[row], texts[row])] : []));
  const found = Object.fromEntries(rows.flat());
  const values: Record<string, number> = { ...pickParams(law, found, called) };
  const constants = { ...values };
  for (const [name, inputs] of Object.entries(at)) values[`loss_${name}`] = predictLaw(law, constants, inputs);
  for (const [name, flops] of Object.entries(budgets)) Object.assign(values, adviceAt(law, constants, { name, flops }));
  return { values, verdicts: [] } satisfies Made;
});

/** The table's spelling: 'ln A' holds a logarithm, 'alpha=beta' two at once, and a remark may follow the number. */
function readConstant(param: string, text: string): [string, number][] {
  const number = Number.parseFloat(text);
  const value = param.startsWith('ln ') ? Math.exp(number) : number;
  return param.split('=').map(name => [name.replace(/^ln /, '').replace('*', ''), value]);
}

function pickParams(law: Law, found: Constants, called: string): Constants {
  return Object.fromEntries(
    paramNames(law).map(name => [name, found[name] ?? fail(mustBe(called, `given with ${name}`, 'none'))]),
  );
}

function adviceAt(law: Law, constants: Constants, { name, flops }: { name: string; flops: number }): Constants {
  if (inputNames(law).join() !== 'N,D') fail(mustBe(`law of budget ${name}`, 'one of N and D', law.name));
  const N = bestSize(law, constants, flops);
  const D = flops / 6 / N;
  const step = 1.01;
  const more = bestSize(law, constants, flops * step) / bestSize(law, constants, flops / step);
  return {
    [`N_${name}`]: N,
    [`D_${name}`]: D,
    [`tokens_per_param_${name}`]: D / N,
    [`loss_${name}`]: predictLaw(law, constants, { N, D }),
    [`exponent_N_${name}`]: Math.log(more) / (2 * Math.log(step)),
  };
}

/** N of least loss on 6 N D = flops: where the slope along ln N changes its sign, by bisection. */
function bestSize(law: Law, constants: Constants, flops: number): number {
  const params = paramNames(law).map(name => constants[name]);
  const loss = (logN: number) => law.evaluate(params, [Math.exp(logN), flops / 6 / Math.exp(logN)]);
  const step = 1e-3;
  let [low, high] = [0, Math.log(flops)];
  for (let left = 60; left > 0; left--) {
    const middle = (low + high) / 2;
    if (loss(middle + step) > loss(middle - step)) high = middle;
    else low = middle;
  }
  return Math.exp((low + high) / 2);
}

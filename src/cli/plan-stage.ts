import { fail, mustBe, shown } from '../base/index.js';
import { type Law, parseFormula } from '../law/index.js';
import { KNOWN_INPUTS, type PlanStage, type Quantity } from '../plan/index.js';
import { isNumeric, type Table } from '../runs/index.js';
import { chooseLaw, type FitTexts, lawColumns, parseOptions } from './fit-options.js';
import { parseDefinition } from './input.js';
import { parsePrior } from './predictions.js';
import { loadComparable } from './runs.js';

export interface LoadedStage {
  readonly stage: PlanStage;
  readonly table: Table;
}

/** Runs and their law, ready for a plan. */
export async function loadStage(runs: string, options: FitTexts & { readonly prior?: string }): Promise<LoadedStage> {
  const law = await chooseLaw(options);
  const derived = await deriveQuantities(law, options.derive ?? []);
  const table = await loadComparable(runs, options);
  const { prior } = options;
  return {
    table,
    stage: {
      columns: lawColumns(table, law, options),
      law,
      options: parseOptions(options, table),
      ...(prior !== undefined && { prior: parsePrior(prior) }),
      derived,
    },
  };
}

/** Inputs that a plan does not know by name, from the expression that --derive gives them. */
async function deriveQuantities(law: Law, derive: readonly string[]): Promise<Record<string, Quantity>> {
  const unknown = law.inputs.map(({ name }) => name).filter(name => !KNOWN_INPUTS.includes(name));
  const definitions = derive.map(text => parseDefinition('--derive', text)).filter(([name]) => unknown.includes(name));
  return Object.fromEntries(
    await Promise.all(definitions.map(async ([name, text]) => [name, await parseQuantity(name, text)] as const)),
  );
}

const ZERO = 'zero_';

/** An expression over what a plan knows of a shape: a formula whose one constant is 0. */
async function parseQuantity(name: string, text: string): Promise<Quantity> {
  // ln in formulas, base 10 in tables
  if (/\blog\s*\(/.test(text)) fail(mustBe(`--derive ${name}`, 'written with ln or log10 in a plan', text));
  const law = await parseFormula(`${ZERO} + (${text})`, {
    inputs: KNOWN_INPUTS,
    response: 'value_',
    name: `--derive ${name}`,
  });
  const foreign = law.params.find(param => param.name !== ZERO);
  if (foreign !== undefined)
    fail(
      `--derive ${name} must read what a plan knows of a shape (${KNOWN_INPUTS.join(', ')}), got ${shown(foreign.name)}`,
    );
  return {
    inputs: law.inputs.map(input => input.name),
    evaluate: values => law.evaluate([0], values),
  };
}

/** Rows that a dataset marks as written down from memory decide numbers here: that is said. */
export function recalledRemarks({ table }: LoadedStage): string[] {
  const marks = Object.entries(table.columns).filter(
    ([name, column]) => /(^|_)status$/.test(name) && !isNumeric(column) && column.includes('recalled'),
  );
  if (marks.length === 0) return [];
  return [`${table.source.file} holds recalled figures, not looked up (${marks.map(([name]) => name).join(', ')})`];
}

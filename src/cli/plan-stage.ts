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

/** Runs and their law, ready for a plan; the law of a score reads the loss first, which is no number of the shape. */
export async function loadStage(
  runs: string,
  options: FitTexts & { readonly prior?: string },
  { isScore = false }: { readonly isScore?: boolean } = {},
): Promise<LoadedStage> {
  const chosen = await chooseLaw(options);
  const law = isScore ? readLossFirst(chosen) : chosen;
  const names = law.inputs.slice(isScore ? 1 : 0).map(({ name }) => name);
  const derived = await deriveQuantities(names, options.derive ?? []);
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

/** The same law with the input called L or loss before the others: a formula has them in the order of its columns. */
function readLossFirst(law: Law): Law {
  const place = law.inputs.findIndex(({ name }) => name === 'L' || name === 'loss');
  if (place <= 0) return law;
  const moved = <Value>([first, ...others]: readonly Value[]) => [
    ...others.slice(0, place),
    first,
    ...others.slice(place),
  ];
  return {
    ...law,
    inputs: [law.inputs[place], ...law.inputs.toSpliced(place, 1)],
    evaluate: (params, inputs, gradient) => law.evaluate(params, moved(Array.from(inputs)), gradient),
  };
}

/** Inputs that a plan does not know by name, from the expression that --derive gives them. */
async function deriveQuantities(
  names: readonly string[],
  derive: readonly string[],
): Promise<Record<string, Quantity>> {
  const unknown = names.filter(name => !KNOWN_INPUTS.includes(name));
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
  const refuse = (found: string) =>
    fail(`--derive ${name} must read what a plan knows of a shape (${KNOWN_INPUTS.join(', ')}), got ${shown(found)}`);
  if (!KNOWN_INPUTS.some(known => new RegExp(`\\b${known}\\b`).test(text))) refuse(text);
  const law = await parseFormula(`${ZERO} + (${text})`, {
    inputs: KNOWN_INPUTS,
    response: 'value_',
    name: `--derive ${name}`,
  });
  const foreign = law.params.find(param => param.name !== ZERO);
  if (foreign !== undefined) refuse(foreign.name);
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

import { type Columns, fail, format } from '../../base/index.js';
import { type Fit, type FitOptions, fitLaw } from '../../fit/index.js';
import { findLaw, inputNames, type Law } from '../../law/index.js';
import { type CandidateRun, chooseNext, type Decision, gridRuns, type NextRuns } from '../../plan/index.js';
import { numericColumns } from '../../runs/index.js';
import { parseNumber, parseNumbers } from '../input.js';
import { loadComparable, loadRuns, type RunOptions, unitOf } from '../runs.js';
import { formatTable, print, printJson } from '../table.js';

export interface NextCommandOptions extends RunOptions {
  readonly law: string;
  readonly plan?: string;
  readonly target?: string;
  readonly picks: string;
  readonly maxFlops?: string;
  readonly aim: string;
  readonly candidates?: string;
  readonly reach: string;
  readonly extrapolate?: true;
  readonly unit?: string;
  readonly seed: string;
  readonly json?: true;
}

/** Times beyond the measured range that candidates may lie without --extrapolate. */
const BOUND = 10;

export async function runNext(runs: string, options: NextCommandOptions): Promise<void> {
  const law = findLaw(options.law);
  const table = await loadComparable(runs, options);
  const columns = numericColumns(table, [...inputNames(law), law.response.name]);
  const fitOptions: FitOptions = {
    seed: parseNumber('--seed', options.seed),
    ...(options.unit !== undefined && { unit: unitOf(table, options.unit.split(',')) }),
  };
  const fit = fitLaw(columns, law, fitOptions);
  const { target, decision } = parseTarget(fit, options);
  const candidates = await loadCandidates(law, columns, options);
  const next = chooseNext(fit, columns, target, candidates, {
    picks: parseNumber('--picks', options.picks),
    ...(options.maxFlops !== undefined && { budget: parseNumber('--max-flops', options.maxFlops) }),
    aim:
      options.aim === 'regret'
        ? 'regret'
        : options.aim === 'variance'
          ? 'variance'
          : fail(`--aim must be variance or regret, got ${options.aim}`),
    ...(decision && { decision }),
  });
  if (options.json) return printJson(wire(fit, target, next));
  print(nextText(fit, target, next));
}

/** --plan FLOPS: the best split of a budget under the fitted law, and how it is decided; --target: inputs as they are. */
function parseTarget(
  fit: Fit,
  { plan, target }: NextCommandOptions,
): { target: Record<string, number>; decision?: Decision } {
  if ((plan === undefined) === (target === undefined))
    fail(`next needs --plan or --target, got ${plan ? 'both' : 'neither'}`);
  const names = inputNames(fit.law);
  if (target !== undefined) return { target: parseNumbers('--target', target) };
  if (names.join() !== 'N,D')
    fail(`--plan needs a law of N and D; give --target for ${fit.law.name}, whose inputs are ${names.join(', ')}`);
  const flops = parseNumber('--plan', plan!);
  if (!(flops > 0)) fail(`--plan must be a positive number of FLOPs, got ${plan}`);
  const decision: Decision = {
    inputs: logN => ({ N: Math.exp(logN), D: flops / 6 / Math.exp(logN) }),
    from: Math.log(1e3),
    to: Math.log(flops / 6 / 1e3),
  };
  return { target: decision.inputs(bestOf(fit, decision)), decision };
}

function bestOf({ law, params }: Fit, { inputs, from, to }: Decision): number {
  const values = law.params.map(({ name }) => params[name].value);
  const lossAt = (x: number) =>
    law.evaluate(
      values,
      law.inputs.map(({ name }) => inputs(x)[name]),
    );
  let [low, high] = [from, to];
  for (let i = 0; i < 200; i++) {
    const third = (high - low) / 3;
    if (lossAt(low + third) < lossAt(high - third)) high -= third;
    else low += third;
  }
  return (low + high) / 2;
}

/** Rows of a file with the law's inputs and flops, or a grid within what was measured. */
async function loadCandidates(law: Law, columns: Columns, options: NextCommandOptions): Promise<CandidateRun[]> {
  if (options.candidates !== undefined) {
    const names = inputNames(law);
    const rows = numericColumns(await loadRuns(options.candidates), [...names, 'flops']);
    return Array.from(rows.flops, (flops, row) => ({
      inputs: Object.fromEntries(names.map(name => [name, rows[name][row]])),
      flops,
    }));
  }
  const reach = parseNumber('--reach', options.reach);
  if (reach > BOUND && !options.extrapolate)
    fail(`--reach must be at most ${BOUND} without --extrapolate, got ${reach}`);
  return gridRuns(columns, { reach, ...(options.extrapolate && { tokensPerParam: [0.1, 1e5] as const }) });
}

const relative = (fit: Fit, sd: number) => (fit.residual === 'log' ? format.percent(sd, 2) : format.digits(sd, 3));

function nextText(
  fit: Fit,
  target: Readonly<Record<string, number>>,
  { sdBefore, regretBefore, runs, flops }: NextRuns,
): string {
  const goal = Object.entries(target)
    .map(([name, value]) => `${name} ${format.si(value)}`)
    .join(', ');
  const last = runs.at(-1);
  if (!last) return 'no candidate fits the budget or tells anything of the target';
  const columns = [...Object.keys(target), 'FLOPs', 'takes away', 'per 1e18 FLOPs', 'sd after', ''];
  const rows = runs.map(run => [
    ...Object.keys(target).map(name => format.si(run.inputs[name])),
    format.si(run.flops),
    format.percent(run.reduction),
    format.percent(run.reductionPerExaflop),
    relative(fit, run.sdAfter),
    run.outside ? 'outside what was measured' : '',
  ]);
  const regret =
    regretBefore === null
      ? ''
      : `\nDeciding the split now gives away ${format.digits(regretBefore, 2)} nats on average; after these runs ${format.digits(last.regretAfter!, 2)}.`;
  const head = `The law's forecast at ${goal} has a standard deviation of ${relative(fit, sdBefore)}; ${runs.length} runs of ${format.si(flops)} FLOPs together bring it to ${relative(fit, last.sdAfter)}.`;
  const table = formatTable(
    columns.map((title, i) => ({ title, align: i === columns.length - 1 ? ('left' as const) : ('right' as const) })),
    rows,
  );
  const outside = runs.some(run => run.outside)
    ? '\nwarning: runs outside what was measured trust the law where it was never tested'
    : '';
  return `${head}${regret}\n\n${table}\n\nThe spread is that of the law's constants: an error of the law itself is not in it.${outside}`;
}

const wire = (
  fit: Fit,
  target: Readonly<Record<string, number>>,
  { sdBefore, regretBefore, runs, flops }: NextRuns,
) => ({
  law: fit.law.name,
  target,
  sd_before: sdBefore,
  regret_before: regretBefore,
  flops,
  runs: runs.map(({ inputs, flops: price, reduction, reductionPerExaflop, sdAfter, regretAfter, outside }) => ({
    ...inputs,
    flops: price,
    reduction,
    reduction_per_exaflop: reductionPerExaflop,
    sd_after: sdAfter,
    regret_after: regretAfter,
    outside,
  })),
});

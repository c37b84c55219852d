import { format } from '../base/index.js';
import { countFlops, countParams, PAPER_RECIPE } from '../cost/index.js';
import { dominatedBy, type Objective, weakFrontier } from '../frontier/index.js';
import { loadDataset, type Table } from '../runs/index.js';
import { NL, parseShape, type Shape } from '../shape/index.js';
import { readTable4, SCORES, type Table4Model } from './table4.js';

export type Verdict = 'agrees' | 'disagrees' | 'cannot be checked';
/**
 * 'recalled': a figure from memory takes part, so the verdict is an illustration and settles nothing. 'digitised': read off
 * a figure of the paper by others.
 */
export type InputStatus = 'verified' | 'digitised' | 'recalled';

/** One claim of the paper beside what we compute. */
export interface ClaimRow {
  readonly id: string;
  readonly claim: string;
  readonly paper: string;
  readonly computed: string;
  readonly verdict: Verdict;
  /** By how much ours differs, or why there is nothing to compare. */
  readonly remark: string;
  readonly inputs: InputStatus;
  readonly source: string;
}

type Outcome = Pick<ClaimRow, 'computed' | 'verdict' | 'remark'> & { readonly inputs?: InputStatus };

/**
 * Decoder tokens of the paper's FLOPs column: not stated; at 130 our count meets 12 of its 14 (recalled) rows within 4 %.
 * Ratios between shapes hardly depend on it: their remarks give them at 114 tokens too.
 */
const RECIPE = { ...PAPER_RECIPE, decLen: 130 };

const params = (shape: Shape) => countParams(shape).total;
const operations = (shape: Shape, decLen = RECIPE.decLen) =>
  countFlops(shape, { ...RECIPE, decLen }, 'mesh-tf').forward;
/** A ratio of operations, and in words what it is at the length that Narang 2021 states. */
function flopsRatio(small: Shape, large: Shape): [ratio: number, note: string] {
  const at114 = operations(small, PAPER_RECIPE.decLen) / operations(large, PAPER_RECIPE.decLen);
  return [operations(small) / operations(large), `${format.percent(at114)} with 114 decoder tokens instead of 130`];
}
const named = parseShape;
const tera = (shape: Shape) => `${(operations(shape) / 1e12).toPrecision(3)}T`;
const cannot = (remark: string): Outcome => ({ computed: '', verdict: 'cannot be checked', remark });

/**
 * Compares two shares in points. They agree when they differ by no more than the printed rounding plus 1 % of the value;
 * `about` (a printed ~) allows one point more.
 */
function compareShares(paper: number, ours: number, { digits = 0, about = false, note = '' } = {}): Outcome {
  const points = (ours - paper) * 100;
  const allowed = 0.5 * 10 ** -digits + 0.01 * paper * 100 + (about ? 1 : 0);
  const agrees = Math.abs(points) <= allowed;
  const difference = `${points >= 0 ? '+' : ''}${points.toFixed(1)} points`;
  return {
    computed: format.percent(ours),
    verdict: agrees ? 'agrees' : 'disagrees',
    remark: [difference, note].filter(Boolean).join('; '),
  };
}

/** Speed ratio from two printed steps per second: whole numbers, so the ratio has a range. */
function compareSpeed(paper: number, fast: number, slow: number): Outcome {
  const [low, high] = [(fast - 0.5) / (slow + 0.5), (fast + 0.5) / (slow - 0.5)];
  return {
    computed: `${(fast / slow).toFixed(2)}x`,
    verdict: paper >= low && paper <= high ? 'agrees' : 'disagrees',
    remark: `${fast} over ${slow} steps/s, printed as whole numbers: ${low.toFixed(2)}x to ${high.toFixed(2)}x`,
    inputs: 'recalled',
  };
}

const NOT_A_COST = 'a statement about the study, not about a cost or a fit';

/** What each claim of datasets/tay-2022 is checked by; the numbers are the claim's own, as printed. */
const CHECKS: Readonly<Record<string, () => Outcome>> = {
  C1: () =>
    compareShares(0.5, 1 - params(named('small-nl16')) / params(named('base')), {
      note: 'the abstract rounds up: its own table says 134M of 223M, 40 % fewer',
    }),
  C2: () => compareSpeed(1.4, 13, 9),
  C3: () => {
    const [ratio, note] = flopsRatio(named('small-nl16'), named('base'));
    return compareShares(0.631, ratio, { digits: 1, note });
  },
  C4: () => {
    const [ratio, note] = flopsRatio(named('small-nl24'), named('base'));
    return compareShares(0.87, ratio, { note });
  },
  C5: () => compareShares(0.16, 1 - params(named('base-nl36')) / params(named('large'))),
  C6: () =>
    compareShares(0.37, params(named('large-nl36')) / params(named('xl')), {
      note: '1.1B over 2.9B as printed is 37.9 %',
    }),
  C7: () => compareShares(0.33, params(named('xl-nl32')) / params(named('xxl')), { about: true }),
  C8: () => {
    const halved = operations(named('xl-nl32')) / operations({ ...named('xxl'), d_kv: 64 });
    return compareShares(0.44, operations(named('xl-nl32')) / operations(named('xxl')), {
      about: true,
      note: `with 128 heads of 64 instead of the released 128, ${format.percent(halved)}`,
    });
  },
  C9: () => compareSpeed(3, 3, 1),
  C10: () => cannot('needs the scores of one width at depths up to 40 layers; only five depths of small are at hand'),
  C11: () => cannot(`${NOT_A_COST}; 159 of the shapes are in datasets/t5-shapes`),
  C12: () => cannot(`${NOT_A_COST}; 159 of the checkpoints are in datasets/t5-shapes`),
  C13: () => cannot(NOT_A_COST),
  C14: () => cannot(NOT_A_COST),
  C15: () => cannot('a definition; applied to Table 4 in the rows below'),
  C16: () => cannot('the shape of NL12-XXXL is not published'),
};

/** The paper's ledger: its claims, its two tables against our counts, and where T5-base and T5-large stand. */
export async function checkClaims(): Promise<ClaimRow[]> {
  const [claims, table3, table4] = await Promise.all(
    ['claims', 'table3', 'table4'].map(resource => loadDataset('tay-2022', { resource })),
  );
  return [...checkStated(claims, table3), ...checkTable3(table3), ...checkColumns(table4), ...checkEfficiency(table4)];
}

function checkStated(claims: Table, table3: Table): ClaimRow[] {
  const cell = reader(claims);
  return Array.from({ length: claims.rows }, (_, row) => {
    const id = cell('id', row);
    const outcome =
      id === 'C17' ? checkBestDownstream(table3) : (CHECKS[id]?.() ?? cannot('no check is written for this claim'));
    return {
      id,
      claim: `${cell('claim', row)}: ${cell('quantity', row)}`,
      paper: cell('value', row),
      source: cell('source', row),
      inputs: statusOf(cell('status', row)),
      ...outcome,
    };
  });
}

/** C17: Figure 1's best point downstream, as digitised by others, against Table 3. */
function checkBestDownstream(table3: Table): Outcome {
  const cell = reader(table3);
  const row = findRow(table3, 'NL32-XL');
  const [score, loss] = [Number(cell('superglue', row)), Number(cell('log_ppl', row))];
  return {
    computed: `Table 3: ${score}, log-ppl ${loss}`,
    verdict: score >= 79.7 && score <= 79.9 && Math.abs(loss + 1.49) < 0.005 ? 'agrees' : 'disagrees',
    remark: "the paper's figure against its own table: nothing is computed",
  };
}

/** Table 3: shape matters downstream, and the parameter counts of its two shapes. */
function checkTable3(table3: Table): ClaimRow[] {
  const cell = reader(table3);
  const [wide, deep] = ['NL12-XXL', 'NL32-XL'].map(name => findRow(table3, name));
  const number = (column: string, row: number) => Number(cell(column, row));
  const scores = ['glue', 'superglue', 'squad'];
  const holds =
    number('log_ppl', wide) > number('log_ppl', deep) && scores.every(s => number(s, wide) < number(s, deep));
  const gaps = scores.map(score => `${score} ${(number(score, wide) - number(score, deep)).toFixed(1)}`).join(', ');
  const source = cell('source', wide);
  const inputs: InputStatus =
    [wide, deep].map(row => statusOf(cell('status', row))).find(status => status !== 'verified') ?? 'verified';
  const common = { inputs, source };
  return [
    {
      id: 'T3',
      claim: 'shape matters downstream: NL12-XXL beats NL32-XL upstream and loses on every benchmark',
      paper: 'Table 3',
      computed: `log-ppl ${cell('log_ppl', wide)} against ${cell('log_ppl', deep)}; ${gaps}`,
      verdict: holds ? 'agrees' : 'disagrees',
      remark: "the paper's own figures, compared",
      ...common,
    },
    countRow('T3a', 'NL32-XL parameters', cell('params', deep), params(named('xl-nl32')), common),
    countRow('T3b', 'NL12-XXL parameters', cell('params', wide), params(NL(named('xxl-nl4'), 12)), {
      ...common,
      note: `with the heads of the released xxl-nl4 (32 of 64); with xxl's own, ${format.count(params(named('xxl-nl12')))}`,
    }),
  ];
}

function countRow(
  id: string,
  claim: string,
  paper: string,
  ours: number,
  { note, ...row }: Pick<ClaimRow, 'inputs' | 'source'> & { note?: string },
): ClaimRow {
  const relative = ours / parseCount(paper) - 1;
  return {
    id,
    claim,
    paper,
    computed: format.count(ours),
    verdict: Math.abs(relative) <= 0.02 ? 'agrees' : 'disagrees',
    remark: [signedPercent(relative), note].filter(Boolean).join('; '),
    ...row,
  };
}

/** What would explain a printed FLOPs value that our count does not meet. */
const FLOPS_NOTES: Readonly<Record<string, string>> = {
  XL: `with 12 layers a stack instead of 24, ${tera(NL(named('xl'), 12))}`,
  XXL: `with 128 heads of 64 instead of the released 128, ${tera({ ...named('xxl'), d_kv: 64 })}`,
};

/** Table 4: the parameter and FLOPs columns against our counts, row by row. */
function checkColumns(table4: Table): ClaimRow[] {
  const cell = reader(table4);
  const models = readTable4(table4);
  return Array.from({ length: table4.rows }, (_, row) => row).flatMap(row => {
    const { shape } = models[row];
    const model = cell('model', row);
    const source = cell('source', row);
    const status = statusOf(cell('params_status', row));
    const stated = Number(cell('tflops_stated', row));
    const relative = operations(shape) / (stated * 1e12) - 1;
    return [
      countRow(`T4p${row + 1}`, `${model}: parameters`, cell('params_stated', row), params(shape), {
        inputs: status,
        source,
      }),
      {
        id: `T4f${row + 1}`,
        claim: `${model}: operations a step`,
        paper: `${stated}T`,
        computed: tera(shape),
        verdict: Math.abs(relative) <= 0.05 ? ('agrees' as const) : ('disagrees' as const),
        remark: [signedPercent(relative), FLOPS_NOTES[model]].filter(Boolean).join('; '),
        inputs: 'recalled' as const,
        source,
      },
    ];
  });
}

const COSTS = ['params', 'flops', 'steps/s'] as const;

/** T5-base and T5-large on Table 4: off the frontier in the strict sense, on how many pairs of axes, and by whom. */
function checkEfficiency(table4: Table): ClaimRow[] {
  const points = readTable4(table4);
  const axes = {
    costs: COSTS.map((name): Objective<Table4Model> => ({ name, goal: name === 'steps/s' ? 'max' : 'min' })),
    qualities: SCORES.map((name): Objective<Table4Model> => ({ name, goal: 'max' })),
  };
  const pairs = axes.costs.flatMap(cost => axes.qualities.map(quality => [cost, quality]));
  const dominations = pairs.map(pair => dominatedBy(points, pair));
  const beatenOn = (model: string) =>
    dominations.flatMap(all => all.filter(({ point, by }) => point.model === model && by.length > 0));
  const common = points.filter(({ model }) => beatenOn(model).length > 0).length;
  const weak = weakFrontier(points, axes);
  return ['Base', 'Large'].map((model, i): ClaimRow => {
    const beaten = beatenOn(model).map(({ by }) => ({ by: by[0].model }));
    const efficient = weak.find(({ point }) => point.model === model)?.efficient;
    const strict = beaten.length > 0 ? byModel(beaten) : 'on the frontier of every pair';
    return {
      id: `P${i + 1}`,
      claim: `T5-${model.toLowerCase()} is Pareto-inefficient (strict: dominated on at least one pair of a cost and a score)`,
      paper: 'stated',
      computed: `dominated on ${beaten.length} of ${pairs.length} pairs of Table 4`,
      verdict: beaten.length > 0 ? 'agrees' : 'disagrees',
      remark: `${strict}; so are ${common} of the ${points.length} models on some pair; in the paper's weak sense it is ${efficient ? 'still efficient' : 'inefficient too'}`,
      inputs: 'recalled',
      source: String(table4.columns.source[0]),
    };
  });
}

/** Who dominates, and on how many pairs. */
function byModel(beaten: readonly { readonly by: string }[]): string {
  const models = [...new Set(beaten.map(({ by }) => by))];
  return models.map(model => `by ${model} on ${beaten.filter(({ by }) => by === model).length}`).join(', ');
}

/** The status column of the data; what it does not call verified counts as recalled. */
function statusOf(text: string): InputStatus {
  if (/digiti[sz]/.test(text)) return 'digitised';
  return text.startsWith('verified') ? 'verified' : 'recalled';
}

/** '223M' -> 223e6 */
const parseCount = (text: string) => Number(text.slice(0, -1)) * ({ M: 1e6, B: 1e9 }[text.slice(-1)] ?? Number.NaN);
function signedPercent(relative: number): string {
  const text = format.percent(Math.abs(relative));
  return text === '0.0 %' ? text : `${relative > 0 ? '+' : '-'}${text}`;
}

const reader = (table: Table) => (column: string, row: number) => String(table.columns[column][row]);

function findRow(table: Table, model: string): number {
  return (table.columns.model as readonly string[]).indexOf(model);
}

import { countFlops, countParams, PAPER_RECIPE } from '../cost/index.js';
import { loadDataset, numericColumns, type Table } from '../runs/index.js';
import { preset, type Shape } from '../shape/index.js';

/** The downstream scores of Table 4. */
export const SCORES = ['glue', 'superglue', 'squad', 'avg'] as const;

/** A model of the paper's Table 4: counts are ours and exact, speed and scores are recalled. */
export interface Table4Model extends Readonly<Record<(typeof SCORES)[number], number>> {
  readonly model: string;
  readonly shape: Shape;
  readonly params: number;
  /** Whole pre-training at the paper's recipe, convention 'torch'. */
  readonly flops: number;
  readonly 'steps/s': number;
  /** Upstream, nats per target token. */
  readonly loss: number;
}

export async function loadTable4(): Promise<Table4Model[]> {
  return readTable4(await loadDataset('tay-2022', { resource: 'table4' }));
}

export function readTable4(table: Table): Table4Model[] {
  const numbers = numericColumns(table, [...FIELDS, ...SCORES, 'steps_per_second_stated', 'upstream_log_ppl']);
  const { steps, ...workload } = PAPER_RECIPE;
  return (table.columns.model as readonly string[]).map((model, row) => {
    const at = (name: string) => numbers[name][row];
    const fields = Object.fromEntries(FIELDS.map(field => [field, at(field)]));
    const shape: Shape = { ...preset('base'), ...fields };
    const scores = Object.fromEntries(SCORES.map(score => [score, at(score)])) as Record<
      (typeof SCORES)[number],
      number
    >;
    return {
      model,
      shape,
      params: countParams(shape).total,
      flops: steps * countFlops(shape, workload).trainStep,
      'steps/s': at('steps_per_second_stated'),
      loss: -at('upstream_log_ppl'),
      ...scores,
    };
  });
}

const FIELDS = ['num_layers', 'num_decoder_layers', 'd_model', 'd_ff', 'd_kv', 'num_heads'] as const;

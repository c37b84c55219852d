import { at, fail, mustBe } from '../base/index.js';
import { checkWorkload, type Precision } from '../cost/index.js';
import type { MeasuredStep } from '../fit/index.js';
import { findColumn, isNumeric, numericColumns, type Table } from '../runs/index.js';
import { checkShape, NUMBER_FIELDS, parseShape, type Shape } from '../shape/index.js';

export interface StepColumns {
  /** Name of the column of seconds a step. */
  readonly seconds: string;
  readonly precision: Precision;
}

/**
 * Measured steps of shapes, row by row. Columns: `shape`, a name, or the seven numbers of one; `batch`, sequences of the
 * whole step; `enc_len`, `dec_len`; and, where steps ran on several devices, `data`, `tensor`, `pipeline`, `micro_batches`.
 */
export function readSteps(table: Table, { seconds, precision }: StepColumns): MeasuredStep[] {
  const shapes = readShapes(table);
  const needed = numericColumns(table, [seconds, 'batch', 'enc_len', 'dec_len']);
  const layout = numericColumns(
    table,
    LAYOUT.filter(name => Object.hasOwn(table.columns, name)),
  );
  return shapes.map((shape, row) => ({
    shape,
    workload: checkRow(table, row, () =>
      checkWorkload({ batch: needed.batch[row], encLen: needed.enc_len[row], decLen: needed.dec_len[row] }),
    ),
    seconds: needed[seconds][row],
    options: {
      precision,
      layout: {
        ...(layout.data && { data: layout.data[row] }),
        ...(layout.tensor && { tensor: layout.tensor[row] }),
        ...(layout.pipeline && { pipeline: layout.pipeline[row] }),
        ...(layout.micro_batches && { microBatches: layout.micro_batches[row] }),
      },
    },
  }));
}

const LAYOUT = ['data', 'tensor', 'pipeline', 'micro_batches'] as const;

function readShapes(table: Table): Shape[] {
  const rows = [...table.rowNumbers.keys()];
  if (!Object.hasOwn(table.columns, 'shape')) {
    const numbers = numericColumns(table, NUMBER_FIELDS);
    const text = (name: string, row: number) =>
      Object.hasOwn(table.columns, name) ? table.columns[name][row] : undefined;
    return rows.map(row =>
      checkRow(table, row, () =>
        checkShape({
          ...(Object.fromEntries(NUMBER_FIELDS.map(name => [name, numbers[name][row]])) as Omit<
            Shape,
            'feed_forward_proj' | 'tie_word_embeddings'
          >),
          feed_forward_proj: text('feed_forward_proj', row) === 'gated-gelu' ? 'gated-gelu' : 'relu',
          tie_word_embeddings: String(text('tie_word_embeddings', row) ?? 'true').toLowerCase() === 'true',
        }),
      ),
    );
  }
  const names = findColumn(table, 'shape');
  return rows.map(row => {
    const name = isNumeric(names) ? null : names[row];
    const cell = at(table.source.file, table.rowNumbers[row], 'shape');
    return name === null
      ? fail(mustBe(cell, 'the name of a shape', names[row]))
      : checkRow(table, row, () => parseShape(name));
  });
}

/** What is wrong with a row is said with its place. */
function checkRow<Value>(table: Table, row: number, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    return fail(`${table.source.file}, row ${table.rowNumbers[row]}: ${(error as Error).message}`);
  }
}

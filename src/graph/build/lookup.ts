import { fail } from '../../base/index.js';
import { checkDims, checkTypes, sameDims, shownForms } from '../dims.js';
import { addValue, type Value } from '../graph.js';

/** Rows of a table. [rows, ...], int32 [ids...] -> [ids..., ...] */
export function gather(table: Value, ids: Value): Value {
  if (table.dims.length === 0 || ids.dtype !== 'int32')
    fail(`inputs of gather must be a table and int32 ids, got ${shownForms(table, ids)}`);
  const { graph, dtype } = table;
  const dims = [...ids.dims, ...table.dims.slice(1)];
  return addValue(graph, { kind: 'gather', inputs: [table, ids], attributes: {}, dims, dtype });
}

/** Adds the rows of each id: the reverse of gather. [n, ...], int32 [n] in [0, count) -> [count, ...] */
export function segmentSum(x: Value, ids: Value, count: number): Value {
  checkTypes('segmentSum', [x]);
  checkDims('segmentSum', [count]);
  if (ids.dtype !== 'int32' || !sameDims(ids.dims, x.dims.slice(0, 1)))
    fail(`inputs of segmentSum must be [n, ...] and int32 [n], got ${shownForms(x, ids)}`);
  const { graph, dtype } = x;
  const dims = [count, ...x.dims.slice(1)];
  return addValue(graph, { kind: 'segmentSum', inputs: [x, ids], attributes: { count }, dims, dtype });
}

/** 1 at the id, else 0. int32 [...] -> float32 [..., depth] */
export function oneHot(ids: Value, depth: number): Value {
  checkTypes('oneHot', [ids], ['int32']);
  checkDims('oneHot', [depth]);
  const dims = [...ids.dims, depth];
  return addValue(ids.graph, { kind: 'oneHot', inputs: [ids], attributes: { depth }, dims, dtype: 'float32' });
}

/** Uniform in [0, 1): the same seed gives the same digits in one mode, and others in the other. int32 [2] -> dims */
export function randomUniform(seed: Value, dims: readonly number[]): Value {
  checkRandom('randomUniform', seed, dims);
  const key = dims.join();
  return addValue(seed.graph, { kind: 'randomUniform', inputs: [seed], attributes: {}, dims, dtype: 'float32', key });
}

/**
 * true with a chance, false otherwise: the same in both modes. Takes half of the time of randomUniform.
 *
 * @param chance in (0, 1]; rounded to 2^-16, see maskChance
 */
export function randomMask(seed: Value, dims: readonly number[], chance: number): Value {
  checkRandom('randomMask', seed, dims);
  const threshold = maskChance(chance) * 2 ** 16;
  if (!(threshold >= 1 && threshold <= 2 ** 16)) fail(`chance of randomMask must be in [2^-16, 1], got ${chance}`);
  const key = `${threshold} ${dims.join()}`;
  return addValue(seed.graph, {
    kind: 'randomMask',
    inputs: [seed],
    attributes: { threshold },
    dims,
    dtype: 'bool',
    key,
  });
}

/** The chance that randomMask really gives. */
export const maskChance = (chance: number) => Math.round(chance * 2 ** 16) / 2 ** 16;

function checkRandom(kind: string, seed: Value, dims: readonly number[]): void {
  if (seed.dtype !== 'int32' || !sameDims(seed.dims, [2]))
    fail(`seed of ${kind} must be int32 [2], got ${shownForms(seed)}`);
  checkDims(kind, dims);
}

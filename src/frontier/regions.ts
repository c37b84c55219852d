import { fail, format, mustBe } from '../base/index.js';
import { countFlops, PAPER_RECIPE } from '../cost/index.js';
import { preset, SIZES } from '../shape/index.js';
import { type Objective, pointName, reader } from './objective.js';
import { paretoFrontier } from './pareto.js';

/** Training compute in [from, to) FLOPs. The first region starts at 0, the last ends at Infinity. */
export interface ComputeRegion {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Regions of training compute, smallest first, inside which models are compared.
 *
 * Without edges: one region a T5 size (tiny to xxl), about the FLOPs of that size's whole pre-training under the
 * paper's recipe (2^19 steps of 128 sequences, 512 + 114 tokens; convention 'torch'); edges are the geometric means
 * between neighbours. With edges: cut there.
 *
 * @param edges rising log10 of training FLOPs, e.g. [18, 19.5]
 * @example computeRegions([18, 20]).map(region => region.name) // => ['below 1e18', '1e18 to 1e20', 'from 1e20']
 */
export function computeRegions(edges?: readonly number[]): ComputeRegion[] {
  if (edges === undefined) return presetRegions();
  edges.forEach((edge, i) => {
    if (!(Number.isFinite(edge) && (i === 0 || edge > edges[i - 1])))
      fail(mustBe(`edge ${i} of the compute regions`, 'a finite log10 of FLOPs above the edge before', edge));
  });
  const cuts = edges.map(edge => 10 ** edge);
  return cutAt(cuts, cutNames(edges));
}

function presetRegions(): ComputeRegion[] {
  const { steps, ...workload } = PAPER_RECIPE;
  const flops = SIZES.map(size => steps * countFlops(preset(size), workload, 'torch').trainStep);
  const cuts = flops.slice(1).map((next, i) => Math.sqrt(flops[i] * next));
  return cutAt(cuts, SIZES);
}

const cutAt = (cuts: readonly number[], names: readonly string[]): ComputeRegion[] =>
  names.map((name, i) => ({ name, from: cuts[i - 1] ?? 0, to: cuts[i] ?? Infinity }));

function cutNames(edges: readonly number[]): string[] {
  if (edges.length === 0) return ['all'];
  const marks = edges.map(edge => `1e${format.digits(edge)}`);
  const between = marks.slice(1).map((mark, i) => `${marks[i]} to ${mark}`);
  return [`below ${marks[0]}`, ...between, `from ${marks[marks.length - 1]}`];
}

/** The region that holds `flops` (training FLOPs, above 0). */
export function regionOf(flops: number, regions: readonly ComputeRegion[]): ComputeRegion {
  if (!(flops > 0 && flops < Infinity)) fail(mustBe('training FLOPs', 'a positive number', flops));
  return regions.find(({ from, to }) => flops >= from && flops < to) ?? fail(`no compute region holds ${flops} FLOPs`);
}

/** A region and the points of it that no point of it or of a cheaper region dominates. */
export interface RegionFrontier<T> extends ComputeRegion {
  readonly points: readonly T[];
}

export interface RegionOptions<T> {
  /** Training FLOPs of a point: a function or a field; defaults to the field `flops`. */
  readonly flops?: Objective<T>['value'];
  /** Defaults to `computeRegions()`. */
  readonly regions?: readonly ComputeRegion[];
}

/**
 * The frontier of each compute region, regions in their order, points in input order; a region may be empty.
 *
 * What a budget buys includes everything cheaper: a point is compared with its own region and the cheaper ones, never
 * with dearer ones.
 */
export function frontierByRegion<T extends object>(
  points: readonly T[],
  objectives: readonly Objective<T>[],
  { flops, regions = computeRegions() }: RegionOptions<T> = {},
): RegionFrontier<T>[] {
  const read = reader({ name: 'flops', goal: 'min', value: flops });
  const homes = points.map((point, i) => {
    const value = read(point);
    if (!(typeof value === 'number' && value > 0 && value < Infinity))
      fail(mustBe(`training FLOPs of ${pointName(point, i)}`, 'a positive number', value));
    return regionOf(value, regions);
  });
  return regions.map((region, r) => {
    const affordable = points.filter((_, i) => regions.indexOf(homes[i]) <= r);
    const inside = new Set(points.filter((_, i) => homes[i] === region));
    return { ...region, points: paretoFrontier(affordable, objectives).filter(point => inside.has(point)) };
  });
}

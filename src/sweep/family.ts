import { fail, format } from '../base/index.js';
import { countFlops, countParams, type Workload } from '../cost/index.js';
import { LIMITS, type Shape } from '../shape/index.js';

/** What a family's shapes have in common: a cost of a shape, in its own unit. */
export type EqualIn = 'params' | 'flops';

/** Non-embedding parameters, or FLOPs of a training step over the workload. Both are affine in d_ff. */
export const costOf = (equal: EqualIn, shape: Shape, workload: Workload): number =>
  equal === 'params' ? countParams(shape).nonEmbedding : countFlops(shape, workload).trainStep;

export interface FamilyTarget {
  readonly equal: EqualIn;
  readonly value: number;
  readonly workload: Workload;
}

/** How a member should look: its depths are kept, its widths are solved for. */
export interface MemberForm {
  /** Depths, activation, vocabulary; the widths are not read. */
  readonly base: Shape;
  /** d_ff / d_model, as near as the target allows. */
  readonly ffRatio: number;
  /** d_kv; d_model is a multiple of it, and the heads together are as wide as d_model. */
  readonly headWidth: number;
}

export interface Member {
  readonly shape: Shape;
  /** Cost over the target, less 1. */
  readonly off: number;
  /** d_ff / d_model that was reached. */
  readonly ffRatio: number;
}

/** d_ff is a multiple of this, as vector units like it. */
const FF_STEP = 8;

/**
 * The shape of a form whose cost is nearest to the target. Each d_model that the form allows gets the d_ff that meets the
 * target; the one whose d_ff / d_model comes nearest to the form's, as a ratio, is taken. So the members of a family
 * differ in cost only by the rounding of d_ff: half of FF_STEP columns.
 */
export function solveMember(target: FamilyTarget, { base, ffRatio, headWidth }: MemberForm, where: string): Member {
  let best: Member | undefined;
  const miss = ({ ffRatio: reached }: Member) => Math.abs(Math.log(reached / ffRatio));
  for (let heads = 1; heads <= LIMITS.num_heads && heads * headWidth <= LIMITS.d_model; heads++) {
    const widths = { ...base, d_model: heads * headWidth, d_kv: headWidth, num_heads: heads };
    const d_ff = solveFeedForward(target, widths);
    if (d_ff < FF_STEP) break; // wider ones cost more still
    if (d_ff > LIMITS.d_ff) continue;
    const shape = { ...widths, d_ff };
    const off = costOf(target.equal, shape, target.workload) / target.value - 1;
    const member = { shape, off, ffRatio: d_ff / shape.d_model };
    if (best === undefined || miss(member) < miss(best)) best = member;
  }
  return best ?? fail(tooLittle(target, { base, ffRatio, headWidth }, where));
}

/** The multiple of FF_STEP that comes nearest to the target; below FF_STEP where the rest of the shape costs too much. */
function solveFeedForward({ equal, value, workload }: FamilyTarget, widths: Shape): number {
  const cost = (d_ff: number) => costOf(equal, { ...widths, d_ff }, workload);
  const slope = (cost(2 * FF_STEP) - cost(FF_STEP)) / FF_STEP;
  return Math.round((FF_STEP + (value - cost(FF_STEP)) / slope) / FF_STEP) * FF_STEP;
}

function tooLittle({ equal, value, workload }: FamilyTarget, { base, headWidth }: MemberForm, where: string): string {
  const least = { ...base, d_model: headWidth, d_kv: headWidth, num_heads: 1, d_ff: FF_STEP };
  const unit = equal === 'params' ? 'non-embedding parameters' : 'FLOPs a step';
  return (
    `${where} must be able to meet ${format.si(value)} ${unit}, got at least ${format.si(costOf(equal, least, workload))} ` +
    `at ${base.num_layers} + ${base.num_decoder_layers} layers with heads of ${headWidth}`
  );
}

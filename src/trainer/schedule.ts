import { fail, mustBe, outsideRange, unknownName } from '../base/index.js';

// How the learning rate moves over a run, as a share of the full rate. Pure functions of the step and of the share done.

export const SCHEDULES = ['wsd', 'inverse-square-root', 'cosine', 'constant'] as const;
export type ScheduleName = (typeof SCHEDULES)[number];

export interface Schedule {
  /**
   * - wsd: rise, plateau, linear fall to 0 (Hu et al. 2024, arXiv 2404.06395)
   * - inverse-square-root: 1/sqrt(max(step, warmupSteps)), scaled to begin at 1 (Raffel et al. 2020, section 3.1.2)
   * - cosine: rise, then half a cosine to 0 (Loshchilov and Hutter 2017)
   * - constant: rise, then the full rate
   */
  readonly name: ScheduleName;
  /** The rise lasts this many steps or `warmupShare` of the run, whichever is shorter; 0: no rise. */
  readonly warmupSteps: number;
  readonly warmupShare: number;
  /** Whether the rate rises linearly from 0; T5's own schedule holds the full rate instead. */
  readonly rises: boolean;
  /** Last share of the run in which wsd falls, in (0, 1]. */
  readonly decayShare: number;
}

export function checkSchedule(schedule: Schedule): Schedule {
  const { name, warmupSteps, warmupShare, decayShare } = schedule;
  if (!SCHEDULES.includes(name)) fail(unknownName('schedule', name, SCHEDULES));
  if (!(Number.isInteger(warmupSteps) && warmupSteps >= 0))
    fail(mustBe('warm-up steps', 'an integer from 0 and up', warmupSteps));
  if (!(warmupShare > 0 && warmupShare <= 1)) fail(outsideRange('warm-up share', '(0, 1]', warmupShare));
  if (!(decayShare > 0 && decayShare <= 1)) fail(outsideRange('decay share', '(0, 1]', decayShare));
  return schedule;
}

/**
 * The share of the full rate at a step, in [0, 1].
 *
 * @param step from 0
 * @param done share of the run before this step, in [0, 1): of its steps, or of its time
 */
export function scheduleShare(schedule: Schedule, step: number, done: number): number {
  return Math.min(rise(schedule, step, done), fall(schedule, step, done));
}

function rise({ rises, warmupSteps, warmupShare }: Schedule, step: number, done: number): number {
  return rises ? Math.min(1, Math.max((step + 1) / warmupSteps, done / warmupShare)) : 1;
}

function fall(schedule: Schedule, step: number, done: number): number {
  switch (schedule.name) {
    case 'wsd':
      return Math.min(1, Math.max(0, (1 - done) / schedule.decayShare));
    case 'inverse-square-root': {
      const held = Math.max(1, schedule.warmupSteps);
      return Math.sqrt(held / Math.max(step, held));
    }
    case 'cosine': {
      const risen = riseEnd(schedule, step, done);
      return (1 + Math.cos(Math.PI * Math.max(0, (done - risen) / (1 - risen)))) / 2;
    }
    default:
      return 1;
  }
}

/** The share of the run at which the rise is over; a run by the clock takes the same number of steps a second throughout. */
const riseEnd = ({ rises, warmupSteps, warmupShare }: Schedule, step: number, done: number) =>
  rises && step > 0 ? Math.min(warmupShare, (warmupSteps * done) / step) : 0;

/**
 * Where a run of `steps` steps leaves the trunk that all lengths share: the first step at which its rate is another than
 * that of a run without end. A branch taken there is the run of that length alone, to the bit.
 */
export function branchStep(schedule: Schedule, steps: number): number {
  let step = 0;
  while (step < steps && scheduleShare(schedule, step, step / steps) === trunkShare(schedule, step)) step++;
  return step;
}

/** The rate of a run without end. */
export const trunkShare = (schedule: Schedule, step: number) => scheduleShare(schedule, step, 0);

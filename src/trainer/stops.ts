import type { History, Leg } from './loop.js';
import { branchStep, type Schedule, scheduleShare, trunkShare } from './schedule.js';
import type { Settings } from './settings.js';

// A run as a trunk with branches. Runs of several lengths share their steps until the rate of the shorter one falls:
//
//   trunk  ----+--------+----------------+
//               \        \                \
//   branch       * p1     * p2             * p3      a record at each
//
// A run of one length is a branch alone.

/** A length at which the run is measured. */
export interface Stop {
  /** Undefined where the clock decides. */
  readonly plannedSteps: number | undefined;
  /** Steps of the trunk before this branch. */
  readonly branch: number;
  readonly leg: Leg;
}

/** Every stop in the order in which the trunk meets their branches. */
export function planStops({ length, schedule }: Pick<Settings, 'length' | 'schedule'>): readonly Stop[] {
  const share = (step: number, done: number) => scheduleShare(schedule, step, done);
  if ('seconds' in length) {
    const leg: Leg = { share, done: ({ seconds }) => seconds / length.seconds };
    return [{ plannedSteps: undefined, branch: 0, leg }];
  }
  const stops = length.points.map(plannedSteps => ({
    plannedSteps,
    branch: length.points.length === 1 ? 0 : branchStep(schedule, plannedSteps),
    leg: { share, done: stepsDone(plannedSteps) },
  }));
  return stops.sort((a, b) => a.branch - b.branch);
}

/** The trunk up to the branch of a stop. */
export const trunkLeg = (schedule: Schedule, branch: number): Leg => ({
  share: step => trunkShare(schedule, step),
  done: branch === 0 ? () => 1 : stepsDone(branch),
});

const stepsDone =
  (steps: number) =>
  ({ losses }: History) =>
    losses.length / steps;

/**
 * Share of the whole run that is done while a stop is worked on: by its own leg where it is the only one, else by steps of
 * the trunk and of all branches.
 *
 * @param current its place among the stops
 * @param at steps behind the stop, and the share of its leg
 */
export function courseShare(stops: readonly Stop[], current: number, at: { steps: number; legDone: number }): number {
  if (stops.length === 1) return at.legDone;
  const branchSteps = (some: readonly Stop[]) =>
    some.reduce((sum, { plannedSteps = 0, branch }) => sum + plannedSteps - branch, 0);
  return (branchSteps(stops.slice(0, current)) + at.steps) / (branchSteps(stops) + stops[stops.length - 1].branch);
}

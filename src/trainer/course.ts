import { removeCheckpoints } from './checkpoint.js';
import { evaluate } from './evaluate.js';
import { type Leg, type LossPoint, runLeg } from './loop.js';
import { type TrainRecord, toRecord } from './record.js';
import type { Params } from './run-folder.js';
import { type Course, findStanding, revertTo, type Standing, snapshotOf } from './standing.js';
import { courseShare, planStops, type Stop, trunkLeg } from './stops.js';
import { createWatch, type WatchOptions } from './watch.js';

/** A stop that is reached. */
export interface Reached {
  readonly record: TrainRecord;
  /** One a step. */
  readonly losses: readonly LossPoint[];
  /** Undefined where the run diverged. */
  readonly params: Params | undefined;
}

/** Trains from the start, or from the newest checkpoint, to the last stop; each stop is measured and recorded once. */
export async function runCourse(course: Course, options: WatchOptions): Promise<readonly Reached[]> {
  const stops = planStops(course.settings);
  const standing = await findStanding(course, options.onNote);
  const watch = createWatch(course, standing, options);
  const { schedule, accumulate } = course.settings;
  const learn = (leg: Leg) =>
    runLeg({ engine: course.engine, batches: standing.batches, accumulate }, standing.history, leg, legDone =>
      watch.afterStep(courseShare(stops, standing.finished, { steps: standing.history.losses.length, legDone })),
    );
  const reached: Reached[] = [];
  let whole = true; // the trunk has not diverged
  for (const stop of stops.slice(standing.finished)) {
    if (standing.trunk === undefined && whole) {
      whole = await learn(trunkLeg(schedule, stop.branch));
      if (whole && stop !== stops[stops.length - 1]) standing.trunk = snapshotOf(course, standing);
    }
    const finite = whole && (await learn(stop.leg));
    reached.push(await finishStop(course, stop, { standing, finite, onNote: options.onNote }));
    standing.finished++;
    if (standing.trunk === undefined) continue;
    revertTo(standing.trunk, course, standing);
    standing.trunk = undefined;
    await watch.save();
  }
  if (course.folder && reached.every(({ params }) => params)) await removeCheckpoints(course.folder.path);
  return reached;
}

interface Ending {
  readonly standing: Standing;
  /** Every loss was a number. */
  readonly finite: boolean;
  readonly onNote: WatchOptions['onNote'];
}

async function finishStop(course: Course, stop: Stop, { standing, finite, onNote }: Ending): Promise<Reached> {
  const { engine, data, folder, identity, settings } = course;
  const { history } = standing;
  const loss = finite ? evaluate(engine, data.heldOut) : undefined;
  if (loss === undefined)
    onNote?.(`losses of run ${identity.run} must be numbers, got none at step ${history.losses.length}: it diverged`);
  const record = toRecord({
    ...course,
    run: identity.run,
    engine: engine.mode,
    history,
    plannedSteps: stop.plannedSteps,
    loss,
  });
  const params = loss === undefined ? undefined : engine.params();
  await folder?.saveRecord(record, params);
  const tokens = settings.batch * data.plan.encLen;
  const losses = history.losses.map((value, i) => ({ step: i + 1, tokens: (i + 1) * tokens, loss: value }));
  return { record, losses, params };
}

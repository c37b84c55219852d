import test from 'ava';
import { type TrainOptions, trainRun } from '../../src/trainer/index.js';
import { branchStep } from '../../src/trainer/schedule.js';
import { courseShare, planStops } from '../../src/trainer/stops.js';
import { newFolder, numbersOf } from './folder.js';
import { NANO } from './nano.js';
import { type ToyFaults, toyData, toyWorkshop } from './toy.js';

const data = toyData();
const base = { shape: NANO, data, batch: 2, seed: 3, dropout: 0.2, warmupSteps: 4 };
const run = (options: Partial<TrainOptions>, faults?: ToyFaults) =>
  trainRun({ ...base, ...options }, toyWorkshop(faults));
const POINTS = [40, 60, 100];

/** What a run of several points cannot share with one alone: the name of the run. */
const withoutRun = (records: Awaited<ReturnType<typeof run>>['records']) =>
  records.map(record => ({ ...numbersOf(record), run: undefined }));

test('trainRun({points}) has at each point the record of a run of that length alone, to the bit', async t => {
  const { records, record, losses } = await run({ points: [100, 40, 60], evaluateEvery: 7 });
  const alone = [];
  for (const steps of POINTS) alone.push(await run({ steps, evaluateEvery: 7 }));
  t.deepEqual(withoutRun(records), withoutRun(alone.map(other => other.record)));
  t.deepEqual(numbersOf(record), numbersOf(records[2]));
  t.deepEqual(losses, alone[2].losses);
});

test('trainRun({points}) trains what the points share once', async t => {
  let steps = 0;
  await run({ points: POINTS, onProgress: () => void steps++ });
  t.is(steps, 8 + 12 + 80 + 20); // two falls, the trunk up to the last, its fall
});

test('trainRun({points}) keeps the parameters of each point', async t => {
  for (const folder of [undefined, newFolder()]) {
    const { records, params } = await run({ points: POINTS, folder });
    const alone = await run({ steps: 60 });
    t.deepEqual((await params(records[1])).get('weights'), (await alone.params()).get('weights'));
  }
});

test('trainRun({points}) that is stopped on the trunk and on branches goes on to the same records', async t => {
  const whole = await run({ points: POINTS });
  const folder = newFolder();
  let last = await Promise.resolve<Awaited<ReturnType<typeof run>> | undefined>(undefined);
  let starts = 0;
  for (let at = 0; !last; at++) {
    const stop = new AbortController();
    let steps = 0;
    const onProgress = () => ++steps === 5 + (at % 9) && stop.abort(new Error('stopped'));
    last = await run({ points: POINTS, folder, signal: stop.signal, onProgress }).catch((error: Error) => {
      if (error.message !== 'stopped') throw error;
      return undefined;
    });
    starts++;
  }
  t.true(starts > 8, `${starts}`);
  t.deepEqual(last.records.map(numbersOf), whole.records.map(numbersOf));
});

test('trainRun({points}) says of each point that its run diverged where the trunk does', async t => {
  const notes: string[] = [];
  const { records } = await run({ points: POINTS, onNote: line => notes.push(line) }, { diverges: 40 });
  t.deepEqual(
    records.map(({ planned_steps, steps, loss }) => [planned_steps, steps, loss === undefined]),
    [
      [40, 40, true],
      [60, 40, true],
      [100, 40, true],
    ],
  );
  t.is(notes.length, 3);
});

test('planStops() branches where the schedules part', t => {
  const { schedule } = {
    schedule: { name: 'wsd', warmupSteps: 4, warmupShare: 0.1, rises: true, decayShare: 0.2 } as const,
  };
  const stops = planStops({ length: { points: POINTS }, schedule });
  t.deepEqual(
    stops.map(({ plannedSteps, branch }) => [plannedSteps, branch]),
    POINTS.map(steps => [steps, branchStep(schedule, steps)]),
  );
  t.is(courseShare(stops, 0, { steps: 30, legDone: 0.5 }), 30 / 120);
  t.is(courseShare(stops, 2, { steps: 100, legDone: 1 }), 1);
});

import { mkdir } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { format, InputError } from '../../base/index.js';
import {
  buildReport,
  overviewContent,
  type Study,
  studyCosts,
  studyFit,
  studyFrontiers,
  studyScores,
  writeWhole,
} from '../../report/index.js';
import { appendRecord, toolkitVersion } from '../../runs/index.js';
import { parseShape } from '../../shape/index.js';
import type { TrainResult } from '../../trainer/index.js';
import { checkClaims } from '../../verify/index.js';
import { print, say } from '../table.js';
import { claimsSummary, claimsTable } from './claims.js';
import { costTable, efficientTable, fitSummary, scoreSummary } from './study.js';
import { recordTable, trainWithProgress } from './train.js';

/** The shape of the first measured point: 74 thousand parameters, half a minute on two cores. */
const PILOT = 'tiny-nh2-kv16-dm32-ff128-nl2-v512';
const PILOT_STEPS = 600;

const fitsFolder = () => fileURLToPath(new URL('../../../fits', import.meta.url));

/** The page alone: no table, no training. */
export async function runReport({ out }: { readonly out: string }): Promise<void> {
  const [costs, fit, scores, frontiers, claims] = await Promise.all([
    studyCosts(),
    studyFit(fitsFolder()),
    studyScores(),
    studyFrontiers(),
    checkClaims(),
  ]);
  await writeReport(out, { facts: facts(), costs, fit, scores, frontiers, claims, trained: null });
}

/**
 * The main job, and the story of the toolkit in one function: shape -> cost -> runs -> law -> fit -> frontier -> claims ->
 * one trained point -> report.
 */
export async function runReproduce({ out }: { readonly out: string }): Promise<void> {
  const step = countSteps(7);
  const costs = await step('what shapes cost', async () => studyCosts(), costTable); // 1. shape, cost
  const fit = await step('a law fitted to published runs', () => studyFit(fitsFolder()), fitSummary); // 2. runs, law, fit
  const scores = await step('from loss to downstream score', studyScores, scoreSummary); // 3. fit
  const frontiers = await step('who is efficient, per compute region', studyFrontiers, efficientTable); // 4. frontier
  const claims = await step(
    "the paper's claims",
    checkClaims,
    rows => `${claimsTable(rows)}\n\n${claimsSummary(rows)}`,
  ); // 5. verify
  const trained = await step('one tiny T5, trained here', () => trainPilot(out), shownRecord); // 6. trainer
  const study: Study = { facts: facts(), costs, fit, scores, frontiers, claims, trained };
  await step('the report', () => writeReport(out, study)); // 7. chart, report
}

async function writeReport(out: string, study: Study): Promise<void> {
  await mkdir(out, { recursive: true });
  const file = `${out}/report.html`;
  await writeWhole(file, await buildReport(overviewContent(study)));
  print(`The report is ${file}: open it in a browser, no network needed.`);
}

/** Runs steps one after the other, says which and how long each took, and prints what it found. */
function countSteps(total: number) {
  let number = 0;
  return async <Result>(
    title: string,
    run: () => Promise<Result>,
    show?: (result: Result) => string,
  ): Promise<Result> => {
    number++;
    const started = performance.now();
    say(`[${number}/${total}] ${title} ...`);
    const result = await run();
    print(`\n== ${number}. ${title} (${format.seconds((performance.now() - started) / 1000)})`);
    if (show) print(`\n${show(result)}`);
    return result;
  };
}

/** Trains and records one point; without TensorFlow it says so in one line and the rest goes on. */
async function trainPilot(out: string): Promise<TrainResult | null> {
  await mkdir(out, { recursive: true });
  try {
    const trained = await trainWithProgress({ shape: parseShape(PILOT), steps: PILOT_STEPS });
    await appendRecord(`${out}/runs.jsonl`, trained.record);
    return trained;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    say(error.message);
    return null;
  }
}

const shownRecord = (trained: TrainResult | null) => (trained ? recordTable(trained.record) : 'not trained; see above');

const facts = () => [
  { label: 'Made by', value: `shapelaw ${toolkitVersion()}` },
  { label: 'On', value: new Date().toISOString().slice(0, 10) },
  { label: 'Machine', value: `${cpus().length} x ${cpus()[0].model}, Node ${process.versions.node}` },
];

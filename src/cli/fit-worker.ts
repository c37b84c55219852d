// What each thread of the pool runs: one job of a bootstrap.
import { type BootstrapJob, type BootstrapPart, runBootstrapJob } from '../fit/index.js';
import { type FormulaOptions, findLaw, type Law, parseFormula } from '../law/index.js';

/** A law as it travels between threads: functions cannot, so it is found or parsed again on the other side. */
export type LawMessage = { readonly known: string } | { readonly formula: string; readonly options: FormulaOptions };

export interface FitMessage {
  readonly law: LawMessage;
  readonly job: BootstrapJob;
}

export default async function runFitMessage({ law, job }: FitMessage): Promise<BootstrapPart> {
  return runBootstrapJob(job, await readLaw(law));
}

const readLaw = async (law: LawMessage): Promise<Law> =>
  'known' in law ? findLaw(law.known) : parseFormula(law.formula, law.options);

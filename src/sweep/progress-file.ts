import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobEvent, JobProgress } from './executor.js';
import type { Job } from './jobs.js';

// A job's process says in `progress.json` of its run folder how far it is. Whoever follows it reads the file: pipes do not
// reach across machines, nor to a process that outlives the one that started it.

export interface JobReport extends JobProgress {
  readonly state: 'running' | 'done' | 'stopped' | 'failed';
  /** Of a job that failed: one line. */
  readonly message?: string;
  /** From the start of the process to its first step. */
  readonly start_seconds?: number;
}

/** The run folder of a job: all that it writes is in there. */
export const runFolder = (out: string, { id }: Pick<Job, 'id'>) => join(out, id);

const progressFile = (folder: string) => join(folder, 'progress.json');

/** Whole or not at all. What is lost when the machine stops is only for the eye. */
export function writeProgress(folder: string, report: JobReport): void {
  mkdirSync(folder, { recursive: true });
  const draft = `${progressFile(folder)}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(report));
  renameSync(draft, progressFile(folder));
}

/** The latest report; undefined where there is none. */
export function loadProgress(folder: string): JobReport | undefined {
  try {
    return JSON.parse(readFileSync(progressFile(folder), 'utf8')) as JobReport;
  } catch {
    return undefined;
  }
}

export const removeProgress = (folder: string) => rmSync(progressFile(folder), { force: true });

/** A job whose reports are looked at. */
export interface Watched {
  readonly job: Job;
  /** Its run folder. */
  readonly folder: string;
  /** The report that was told last. */
  told: string;
}

/** The latest report as an event, unless it was told. */
export function newProgress(watched: Watched): JobEvent[] {
  const { job, folder } = watched;
  const report = loadProgress(folder);
  const text = JSON.stringify(report);
  if (report?.state !== 'running' || text === watched.told) return [];
  watched.told = text;
  return [{ kind: 'progress', job, progress: report }];
}

export interface Reporter {
  running(progress: Omit<JobProgress, 'found'>): void;
  end(how: Pick<JobReport, 'state' | 'message'>): void;
}

const REPORT_SECONDS = 0.5;

/** Writes reports often enough for the eye, and the last one always. A disk that takes none ends no job. */
export function createReporter(folder: string): Reporter {
  let latest: JobReport = { state: 'running', done: 0, found: 0, stage: 'starting' };
  let written = Number.NEGATIVE_INFINITY;
  const write = () => {
    written = performance.now();
    try {
      writeProgress(folder, latest);
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error;
    }
  };
  write();
  return {
    running(progress) {
      const { stage, start_seconds } = latest;
      const first = start_seconds === undefined;
      latest = {
        ...progress,
        state: 'running',
        found: first ? progress.done : latest.found,
        start_seconds: first ? performance.now() / 1000 : start_seconds,
      };
      if (progress.stage !== stage || performance.now() - written > REPORT_SECONDS * 1000) write();
    },
    end(how) {
      latest = { ...latest, ...how, ...(how.state === 'done' && { done: 1, stage: 'done' }) };
      write();
    },
  };
}

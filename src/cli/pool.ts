import { availableParallelism } from 'node:os';
import { Tinypool } from 'tinypool';
import type { BootstrapPart, ParallelMap } from '../fit/index.js';
import { inputNames, LAWS, type Law } from '../law/index.js';
import type { FitMessage, LawMessage } from './fit-worker.js';

export interface FitPoolOptions {
  /** Threads, 1 and up; default one for each core. The digits of a fit do not depend on it. */
  readonly workers?: number;
  /** Told the share of jobs done, in (0, 1], after each. */
  readonly onProgress?: (share: number) => void;
}

/** Threads that run the jobs of a bootstrap: hand `map` to `bootstrapFitParallel`, and close the pool in the end. */
export interface FitPool {
  readonly map: ParallelMap;
  close(): Promise<void>;
}

/** Starts the threads; each loads the toolkit once, which takes longer than a small bootstrap. */
export function openFitPool({ workers = availableParallelism(), onProgress = () => {} }: FitPoolOptions = {}): FitPool {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const filename = new URL(`./fit-worker.${extension}`, import.meta.url).href;
  const pool = new Tinypool({ filename, minThreads: workers, maxThreads: workers });
  return {
    async map(jobs, law) {
      const message = writeLaw(law);
      let done = 0;
      return Promise.all(
        jobs.map(async job => {
          const part: BootstrapPart = await pool.run({ law: message, job } satisfies FitMessage);
          done++;
          onProgress(done / jobs.length);
          return part;
        }),
      );
    },
    close: () => pool.destroy(),
  };
}

function writeLaw(law: Law): LawMessage {
  if (LAWS.includes(law)) return { known: law.name };
  const { formula, name, response, residual } = law;
  return { formula, options: { inputs: inputNames(law), response: response.name, name, residual } };
}

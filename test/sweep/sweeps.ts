import { expandSweep, type Job, parseSweep } from '../../src/sweep/index.js';

/** A small sweep, with lines of YAML in addition. */
export const sweepText = (...lines: readonly string[]) =>
  ['name: small', 'shapes: [tiny-nh3-kv5-dm7-ff11-nl2]', ...lines].join('\n');

export const jobsOf = async (...lines: readonly string[]): Promise<Job[]> =>
  expandSweep(await parseSweep(sweepText(...lines), 'small.yaml'));

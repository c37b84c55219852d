import { fail, mustBe } from '../../base/index.js';
import type { SlurmSettings } from '../schema.js';

/** Slurm warns 60 to 120 s before the limit: less than this leaves no time to train. */
const LEAST_SECONDS = 180;

/**
 * Whether a text is a time limit of 3 minutes or more: minutes, minutes:seconds, hours:minutes:seconds, days-hours,
 * days-hours:minutes or days-hours:minutes:seconds. Source: sbatch(1), --time.
 */
export function isTimeLimit(text: string): boolean {
  const [, days, clock] = /^(?:(\d+)-)?(\d+(?::\d{1,2}){0,2})$/.exec(text) ?? [];
  if (clock === undefined) return false;
  const parts = clock.split(':').map(Number);
  const units = days !== undefined || parts.length === 3 ? [3600, 60, 1] : [60, 1];
  const seconds = parts.reduce((sum, part, i) => sum + part * units[i], 0);
  return Number(days ?? 0) * 86400 + seconds >= LEAST_SECONDS;
}

/** An option with its value in one: what does not begin with two dashes would be taken for the script. */
export const isLongOption = (value: unknown) => typeof value === 'string' && /^--[a-z][a-z-]*(=.*)?$/s.test(value);

/** Options that say what the array is; a user's own would break how it is followed. */
const OURS = ['--array', '--output', '--open-mode', '--parsable', '--requeue', '--no-requeue', '--signal', '--wrap'];

/** The texts of `--sbatch`, each one or more options; a value that holds a space stands in the sweep file. */
export const parseSbatch = (texts: readonly string[]): string[] =>
  texts
    .flatMap(text => text.trim().split(/\s+/))
    .map(option => (isLongOption(option) ? option : fail(mustBe('--sbatch', 'options like --NAME=VALUE', option))));

/** What the settings ask of Slurm. The later of two options counts. */
export function resourceOptions({ partition, account, qos, time, cpus, memory, sbatch = [] }: SlurmSettings): string[] {
  const ours = sbatch.find(option => OURS.includes(option.split('=')[0]));
  if (ours) fail(`options of sbatch must leave ${ours.split('=')[0]} to the sweep, got ${ours}`);
  const named = { partition, account, qos, time, 'cpus-per-task': cpus, mem: memory };
  const options = Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
  return [...options, ...sbatch];
}

import { execFile } from 'node:child_process';

/** What a command of Slurm printed, or the reason it gave for printing nothing. */
export type Answer = { readonly text: string } | { readonly refused: string };

/** Runs a command of Slurm with arguments that no shell reads. */
export type Call = (command: string, args: readonly string[]) => Promise<Answer>;

const LONGEST_SECONDS = 60;

export const callSlurm: Call = (command, args) =>
  new Promise(resolve => {
    const env = { ...process.env, LC_ALL: 'C' };
    execFile(command, args, { env, timeout: LONGEST_SECONDS * 1000, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (!error) return resolve({ text: stdout });
      const missing = error.code === 'ENOENT';
      resolve({ refused: missing ? `no ${command} on the PATH` : oneLine(stderr) || oneLine(error.message) });
    });
  });

const oneLine = (text: string) => text.trim().replace(/\s*\n\s*/g, '; ');

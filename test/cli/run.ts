import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const command = ['--import', './register.mjs', 'src/cli/main.ts'];

/** Runs the command line as a user would, in a process of its own. */
export function shapelaw(...args: readonly string[]): Promise<Ended> {
  return new Promise(resolve =>
    execFile(process.execPath, [...command, ...args], { cwd: root, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    ),
  );
}

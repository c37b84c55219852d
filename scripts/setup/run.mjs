// Child processes with a bound on their time, and what must be cleared away when set-up is stopped.
import { spawn } from 'node:child_process';

const running = new Set();
const cleanups = new Set();

/**
 * Runs a command to its end and never rejects: `code` is 0 when all went well, `output` is stdout and stderr together.
 * After `seconds` the command is ended; with `group`, all that it started too (pip is a
 * grandchild where python3 is a wrapper).
 */
export function run(command, args, { cwd, env = process.env, seconds = 600, group = false } = {}) {
  return new Promise(resolve => {
    let output = '';
    const grouped = group && process.platform !== 'win32';
    const child = spawn(command, args, { cwd, env, detached: grouped, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = () => {
      try {
        process.kill(grouped ? -child.pid : child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself, or never begun.
      }
      for (const stream of [child.stdout, child.stderr]) stream.destroy(); // a grandchild may hold them open
    };
    running.add(end);
    const timer = setTimeout(() => {
      output += `\nstopped after ${seconds} s`;
      end();
    }, seconds * 1000);
    const finish = (code, signal) => {
      clearTimeout(timer);
      running.delete(end);
      resolve({ code, signal, output });
    };
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += chunk));
    child.on('error', error => finish(error.code, null)).on('close', finish);
  });
}

/** True when the command starts and answers a question about its version. */
export const answers = async (command, args = ['--version']) => (await run(command, args, { seconds: 30 })).code === 0;

/** Has `cleanup` called if set-up is stopped by a signal; returns a function that takes that back. */
export function onStop(cleanup) {
  cleanups.add(cleanup);
  return () => cleanups.delete(cleanup);
}

/** Ends the children and clears up on Ctrl-C and the like. */
export function watchSignals() {
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ])
    process.once(signal, () => {
      for (const end of running) end();
      for (const cleanup of cleanups) cleanup();
      process.exit(128 + number);
    });
}

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('.', import.meta.url);
const VENV = fileURLToPath(new URL('../../.cache/peers', import.meta.url));
const pythonOf = (venv: string) => `${venv}/bin/python`;

export interface PeerOptions {
  /** What pip must have installed, e.g. 'paretoset==1.2.5'. */
  readonly packages: readonly string[];
  /** Sent to the script's standard input as JSON. */
  readonly input?: unknown;
  /** Folder of the Python environment, made when absent; defaults to .cache/peers. */
  readonly venv?: string;
  /** Added to the environment variables. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a Python script of this folder and returns the JSON it prints, in an environment made on demand under .cache.
 * Without Python, or without a package, says so in one line on stderr and returns null: the bench goes on alone.
 */
export function runPeer(script: string, { packages, input = null, venv = VENV }: PeerOptions): unknown {
  const missing = preparePython(venv, packages);
  if (missing !== null) return skipPeers(missing);
  const file = fileURLToPath(new URL(script, FOLDER));
  const { status, stdout, stderr } = spawnSync(pythonOf(venv), [file], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return status === 0 ? JSON.parse(stdout) : skipPeers(`${script}: ${stderr.trim().split('\n').at(-1)}`);
}

/** A script that stays open: one line of JSON in, one line of JSON out. */
export interface Peer {
  /** The answer to a job; null, after one line on stderr, when the script has ended. */
  ask(job: unknown): Promise<unknown>;
  close(): void;
}

/** Starts a script to be asked job by job, so that ours and the peer's work can be timed in turn; null as `runPeer`. */
export function openPeer(script: string, { packages, venv = VENV, env = {} }: PeerOptions): Peer | null {
  const missing = preparePython(venv, packages);
  if (missing !== null) return skipPeers(missing);
  return openProcess(pythonOf(venv), [fileURLToPath(new URL(script, FOLDER))], env);
}

/** Starts any program that takes a line and gives one. */
export function openProcess(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Peer {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  const lines = createInterface({ input: child.stdout });
  const ended = once(lines, 'close').then(() => null);
  child.stdin.on('error', () => {}); // a script that has ended shows by its closed output
  return {
    ask: async job => {
      const answer = once(lines, 'line');
      child.stdin.write(`${JSON.stringify(job)}\n`);
      const line = await Promise.race([answer, ended]);
      return line === null ? skipPeers(`${args.at(-1)} ended`) : JSON.parse(String(line[0]));
    },
    close: () => child.stdin.end(),
  };
}

function skipPeers(reason: string): null {
  console.error(`no Python peer: ${reason}`);
  return null;
}

/** Makes the environment and installs what it lacks; says what is missing, or null. */
function preparePython(venv: string, packages: readonly string[]): string | null {
  const python = pythonOf(venv);
  if (!existsSync(python) && !succeeds('python3', ['-m', 'venv', venv])) return 'python3 with venv is not available';
  if (succeeds(python, ['-c', CHECK, ...packages])) return null;
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '1'];
  return succeeds(python, [...pip, ...packages]) ? null : `pip could not install ${packages.join(' ')}`;
}

/** Exits 0 when every NAME or NAME==VERSION in the arguments is installed. */
const CHECK = `
import sys
from importlib.metadata import version
for wanted in sys.argv[1:]:
    name, _, pinned = wanted.partition('==')
    found = version(name)
    sys.exit(1) if pinned and found != pinned else None
`;

const succeeds = (command: string, args: readonly string[]) =>
  spawnSync(command, args, { stdio: 'ignore', timeout: 600_000 }).status === 0;

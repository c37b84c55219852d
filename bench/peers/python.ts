import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('.', import.meta.url);
const VENV = fileURLToPath(new URL('../../.cache/peers', import.meta.url));
const PYTHON = `${VENV}/bin/python`;

export interface PeerOptions {
  /** What pip must have installed, e.g. 'paretoset==1.2.5'. */
  readonly packages: readonly string[];
  /** Sent to the script's standard input as JSON. */
  readonly input?: unknown;
}

/**
 * Runs a Python script of this folder and returns the JSON it prints, in an environment made on demand under .cache.
 * Without Python, or without a package, says so in one line on stderr and returns null: the bench goes on alone.
 */
export function runPeer(script: string, { packages, input = null }: PeerOptions): unknown {
  const missing = preparePython(packages);
  if (missing !== null) return skipPeers(missing);
  const file = fileURLToPath(new URL(script, FOLDER));
  const { status, stdout, stderr } = spawnSync(PYTHON, [file], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return status === 0 ? JSON.parse(stdout) : skipPeers(`${script}: ${stderr.trim().split('\n').at(-1)}`);
}

function skipPeers(reason: string): null {
  console.error(`no Python peer: ${reason}`);
  return null;
}

/** Makes the environment and installs what it lacks; says what is missing, or null. */
function preparePython(packages: readonly string[]): string | null {
  if (!existsSync(PYTHON) && !succeeds('python3', ['-m', 'venv', VENV])) return 'python3 with venv is not available';
  if (succeeds(PYTHON, ['-c', CHECK, ...packages])) return null;
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '1'];
  return succeeds(PYTHON, [...pip, ...packages]) ? null : `pip could not install ${packages.join(' ')}`;
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

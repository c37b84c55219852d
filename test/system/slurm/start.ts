import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';

export interface TestSlurm {
  /** What points the commands of Slurm at it. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends every process of it and of its jobs. */
  stop(): Promise<void>;
}

/** CPUs of the one node, whatever the machine has. */
const CPUS = 4;

const NEEDED = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'scontrol'];

/** Why there can be no Slurm on this machine; undefined where there can. */
export function slurmMissing(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  const name = NEEDED.find(name => !folders.some(folder => existsSync(`${folder}/${name}`)));
  return name && `Slurm is not installed: there is no ${name} (Debian packages slurm-wlm and munge)`;
}

/** Starts a Slurm of one node in a folder of its own. It also ends when this process does, however that is. */
export async function startSlurm(): Promise<TestSlurm> {
  const folder = await mkdtemp(`${tmpdir()}/shapelaw-slurm-`);
  const ports = await Promise.all([freePort(), freePort()]);
  const args = [`${import.meta.dirname}/serve.sh`, folder, ...ports, CPUS].map(String);
  const server = spawn('sh', args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const closed = once(server, 'close');
  const said: string[] = [];
  createInterface({ input: server.stderr }).on('line', line => said.push(line));
  const ready = once(createInterface({ input: server.stdout }), 'line');
  const stop = async () => {
    server.stdin.end();
    await closed;
  };
  if ((await Promise.race([ready, closed]))[0] === 'ready')
    return { env: { SLURM_CONF: `${folder}/slurm.conf` }, stop };
  await stop();
  throw new Error(`Slurm does not start:\n${said.join('\n')}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

// Runs ava and closes with one line 'N passed, N failed' (ava prints none itself).
// Usage: node scripts/test.mjs [--system | --peers] [AVA ARGUMENTS...]
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const args = process.argv.slice(2);
const group = ['--system', '--peers'].includes(args[0]) ? args.shift().slice(2) : undefined;
const ava = spawn(process.execPath, ['node_modules/ava/entrypoints/cli.mjs', '--tap', ...args], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, ...(group && { SHAPELAW_TESTS: group }) },
});

const count = { ok: 0, 'not ok': 0, skipped: 0 };
for await (const line of createInterface({ input: ava.stdout })) {
  const result = /^(ok|not ok) \d+ - (.*?)(?: # (SKIP|TODO).*)?$/i.exec(line);
  if (!result) {
    if (line.trim() && !/^(TAP version|#|1\.\.\d)/.test(line)) console.log(line);
    continue;
  }
  const [, outcome, title, skipped] = result;
  count[skipped ? 'skipped' : outcome]++;
  console.log(`${skipped ? '-' : outcome === 'ok' ? '✔' : '✘'} ${title}`);
}
const code = ava.exitCode ?? (await new Promise(resolve => ava.on('close', resolve)));
const skipped = count.skipped ? `, ${count.skipped} skipped` : '';
console.log(`${count.ok} passed, ${count['not ok']} failed${skipped}`);
process.exitCode = code || count['not ok'] || !count.ok ? 1 : 0;

// Stands for the process of a job: node fake-worker.mjs sweep FILE --out OUT --job ID.
// FILE is JSON: what the job of each id does. Progress is written as a job writes it; `said` tells the test what happened.
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , , file, , out, , id] = process.argv;
const { does } = JSON.parse(readFileSync(file, 'utf8'))[id];
const folder = join(out, id);
mkdirSync(folder, { recursive: true });
const say = what => appendFileSync(join(out, 'said'), `${what} ${id}\n`);
const report = report =>
  writeFileSync(join(folder, 'progress.json'), JSON.stringify({ stage: 'x', done: 0, found: 0, ...report }));

const stop = () => {
  say('checkpoint');
  process.exit(130);
};
process.on('SIGINT', stop);
process.once('disconnect', stop);

say('start');
report({ state: 'running', done: 0.5 });
if (does === 'work') setTimeout(() => process.exit(0), 700);
if (does === 'wait') setInterval(() => {}, 1000);
if (does === 'refuse') {
  report({ state: 'failed', message: 'the loss must stay a number' });
  process.stderr.write('shapelaw: another line\n');
  process.exit(2);
}
if (does === 'crash') throw new Error('no such thing');
if (does === 'exhaust') process.kill(process.pid, 'SIGKILL');
process.on('exit', () => say('end'));

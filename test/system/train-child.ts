import { untilStopped } from '../../src/cli/stop.js';
import { type TrainOptions, trainRun } from '../../src/trainer/index.js';
import { NANO } from '../trainer/nano.js';
import { toyData, toyWorkshop } from '../trainer/toy.js';

// One process of a run, for resume.test.ts: FOLDER ENGINE OPTIONS, options as JSON. It prints its result as
// JSON.
const [folder, engine, options] = process.argv.slice(2);

const asked: TrainOptions = { shape: NANO, data: toyData(), batch: 4, folder, ...JSON.parse(options) };
const workshop = engine === 'toy' ? toyWorkshop() : undefined;
// a byte every ten steps, so that the parent can tell where the run is
const onProgress = ({ step }: { step: number }) => void (step % 10 === 0 && process.stderr.write('.'));
const onNote = (line: string) => void process.stderr.write(`${line}\n`);

try {
  const { records, losses } = await untilStopped(signal =>
    trainRun({ ...asked, onProgress, onNote, signal }, workshop),
  );
  process.stdout.write(JSON.stringify({ records, losses }));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}

import {
  buildTasks,
  fineTune,
  loadTextCorpus,
  loadTrainingData,
  recipeOf,
  type TrainingData,
  type TrainOptions,
  trainRun,
} from '../trainer/index.js';
import type { PretrainSettings } from './jobs.js';
import type { Work } from './run-job.js';

/** A worker that a killed sweep left behind ends after its step, or at its first step where it has none yet. */
const ORPHAN_SECONDS = 60;

/** Jobs done by the trainer. */
export const TRAINER_WORK: Work = {
  async pretrain(settings, { folder, signal, checkpointSeconds, tasks: names, onProgress }) {
    const { shape, dropout, precision } = settings;
    const data = await loadData(settings);
    const tasks = buildTasks(data, names);
    const run = await trainRun({
      ...trainOptions(settings),
      data,
      folder,
      waitSeconds: ORPHAN_SECONDS,
      signal,
      checkpointSeconds,
      onProgress: ({ done, loss }) => onProgress(done, loss),
      onNote: note => void process.stderr.write(`${note}\n`),
    });
    return {
      records: run.records,
      async fineTune({ point, seed }, steps, { signal, onProgress }) {
        const pretrained = run.records.find(({ planned_steps }) => planned_steps === point)!;
        const { record } = await fineTune({
          shape,
          tasks,
          tokenizer: data.tokenizer,
          params: await run.params(pretrained),
          pretrained,
          seed,
          steps,
          dropout,
          precision,
          signal,
          onProgress: ({ done, loss }) => onProgress(done, loss),
        });
        return record;
      },
    };
  },
};

/** The text of a run, made ready; what an earlier process made of it comes from the cache. */
export function loadData({ corpus, shape, encLen, evalWindows }: PretrainSettings): Promise<TrainingData> {
  const text = typeof corpus === 'string' ? corpus : loadTextCorpus('text', corpus.files);
  return loadTrainingData(text, { vocabSize: shape.vocab_size, encLen, evalWindows });
}

/** All that decides a run's numbers, as the trainer takes it. */
export function trainOptions(settings: PretrainSettings): TrainOptions {
  const { shape, points, seed, batch, accumulate, optimizer, schedule, rate, dropout, precision } = settings;
  const { rates } = recipeOf(optimizer, shape);
  return {
    shape,
    points,
    seed,
    batch,
    accumulate,
    optimizer,
    schedule: schedule ?? undefined,
    rates: Object.fromEntries(Object.entries(rates).map(([group, full]) => [group, rate * full])) as typeof rates,
    dropout,
    precision,
  };
}

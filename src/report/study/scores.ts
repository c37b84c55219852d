import { type Columns, fail } from '../../base/index.js';
import { bootstrapFit, predictBootstrap, testShapeTerm } from '../../fit/index.js';
import { findLaw } from '../../law/index.js';
import { loadDataset, numericColumns } from '../../runs/index.js';
import { loadTable4, type Table4Model } from '../../verify/index.js';
import type { ScoreCurve, ScoreStudy } from './study.js';

const TASKS = [
  'arc_challenge',
  'arc_easy',
  'commonsense_qa',
  'hellaswag',
  'mmlu',
  'openbookqa',
  'piqa',
  'siqa',
  'winogrande',
];
const REPLICATES = 200;
const TERM_REPLICATES = 60;
const CURVE_POINTS = 40;

export async function studyScores(): Promise<ScoreStudy> {
  return { measured: await studyGemstones(), recalled: await studyTable4() };
}

/** Gemstones: 22 shapes of decoder-only models, measured; the run is the unit of the bootstrap. */
async function studyGemstones(): Promise<ScoreCurve> {
  const average = `(${TASKS.join(' + ')}) / ${TASKS.length}`;
  const runs = await loadDataset('gemstones-2025', { derive: { score: average } });
  const losses = await loadDataset('gemstones-2025', { resource: 'val-losses' });
  const { width, depth, score } = numericColumns(runs, ['width', 'depth', 'score']);
  const { dclm_val_loss: L } = numericColumns(losses, ['dclm_val_loss']);
  const keys = numericColumns(losses, ['width', 'depth']);
  if (![width, depth].every((column, k) => column.every((value, i) => value === [keys.width, keys.depth][k][i])))
    fail('rows of gemstones-2025:runs and :val-losses must belong to the same checkpoints, got others');
  const unit = Array.from(width, (w, i) => `${w} x ${depth[i]}`);
  const names = Array.from(unit, (shape, i) => `${shape}, ${(runs.columns.tokens[i] as number) / 1e9} B tokens`);
  return {
    name: 'Gemstones, measured',
    term: testShapeTerm({ L, score, s: depth.map(Math.log) }, { unit, law: 'sigmoid', replicates: TERM_REPLICATES }),
    about:
      'Measured: Gemstones (arXiv 2502.06857). The band is a 95 % percentile bootstrap by shape, not by checkpoint.',
    scoreTitle: 'Mean of nine benchmarks',
    points: names.map((name, i) => ({ name, loss: L[i], score: score[i], shape: depth[i] })),
    curve: scoreCurve({ L, score }, unit),
  };
}

/** Table 4 of the paper: recalled figures. */
async function studyTable4(): Promise<ScoreCurve> {
  const models = await loadTable4();
  const column = (read: (model: Table4Model) => number) => Float64Array.from(models, read);
  const [L, score] = [column(({ loss }) => loss), column(({ avg }) => avg)];
  return {
    name: 'Table 4, recalled',
    term: testShapeTerm({ L, score, s: column(({ shape }) => Math.log(shape.num_layers)) }),
    about:
      'Recalled figures of Table 4: average of GLUE, SuperGLUE and SQuAD against upstream loss; the band is a 95 % bootstrap by row.',
    scoreTitle: 'Average of GLUE, SuperGLUE, SQuAD',
    points: models.map(({ model, loss, avg, shape }) => ({
      name: model,
      loss,
      score: avg,
      shape: shape.num_layers,
      accent: model === 'Base' || model === 'Large',
    })),
    curve: scoreCurve(
      { L, score },
      models.map(({ model }) => model),
    ),
  };
}

function scoreCurve(columns: Columns, unit: readonly string[]) {
  const bootstrap = bootstrapFit(columns, findLaw('sigmoid'), {
    rho: 'squared',
    unit,
    replicates: REPLICATES,
    seed: 1,
  });
  const [low, high] = [Math.min(...columns.L), Math.max(...columns.L)];
  return Array.from({ length: CURVE_POINTS }, (_, i) => {
    const loss = low + ((high - low) * i) / (CURVE_POINTS - 1);
    const { value, lo, hi } = predictBootstrap(bootstrap, { L: loss });
    return { loss, score: value, lo, hi };
  });
}

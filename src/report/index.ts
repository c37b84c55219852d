export type {
  Block,
  Cell,
  ChartBlock,
  Column,
  ListBlock,
  MarkedCell,
  NoteBlock,
  ReportContent,
  Section,
  TableBlock,
} from './content.js';
export { overviewContent } from './overview.js';
export { buildReport } from './page.js';
export { renderPng, renderSvg } from './render.js';
export { studyCosts } from './study/costs.js';
export { studyFit } from './study/fit.js';
export { studyFrontiers } from './study/frontiers.js';
export { studyScores } from './study/scores.js';
export type { CostLine, FitStudy, FrontierStudy, ScoreStudy, Study, TrainedLine } from './study/study.js';
export { checkChartFile, writeChart, writeWhole } from './write.js';

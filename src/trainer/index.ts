export type { Batch } from './batch.js';
export {
  CORPORA,
  type Corpus,
  type CorpusName,
  createCorpus,
  DEFAULT_CORPUS,
  loadCorpus,
  loadTextCorpus,
} from './corpus.js';
export { type DataOptions, type HeldOut, prepareData, type TrainingData, trainBatches } from './data.js';
export type { Engine } from './engine.js';
export { loadTensorflow, type TensorflowInfo, tensorflowMissing } from './load-tensorflow.js';
export type { LossPoint, Progress } from './loop.js';
export { type Group, initParams, type ParamTensor, type PlacedTensor, paramTensors } from './params.js';
export { learningRates, RECIPE } from './recipe.js';
export type { TrainRecord } from './record.js';
export { corruptSpans, noiseMask, planSpans, type SpanPlan } from './spans.js';
export { createTokenizer, type Tokenizer, trainTokenizer } from './tokenizer.js';
export { type TrainOptions, type TrainResult, trainRun } from './train.js';

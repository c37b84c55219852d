export { evaluateFormula } from './evaluate-formula.js';
export { type FormulaOptions, parseFormula } from './formula.js';
export { inputNames, type Law, type LawInput, type LawLimit, type LawParam, paramNames } from './law.js';
export { parseInputs, parseParams, predictLaw } from './predict.js';
export { findLaw, LAWS } from './registry.js';

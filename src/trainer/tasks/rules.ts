import { recall, reverse } from './copy-rules.js';
import { author, era } from './document-rules.js';
import { cloze, complete, mark, preposition } from './gap-rules.js';
import type { TaskRule } from './task.js';

/** Every task there is. */
export const RULES: readonly TaskRule[] = [author, era, mark, preposition, cloze, complete, recall, reverse];

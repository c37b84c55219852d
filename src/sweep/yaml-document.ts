import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { fail, mustBe } from '../base/index.js';

type Path = readonly PropertyKey[];

/** A YAML text whose values are refused by file, line and path. */
export interface YamlDocument {
  readonly value: unknown;
  /** A value of the document as a schema wants it; `path` leads to it. */
  check<Schema extends z.ZodType>(schema: Schema, value: unknown, path?: Path): z.infer<Schema>;
  /** Refuses the value at `path`. */
  refuse(path: Path, rule: string): never;
}

/** @param file names the text in messages */
export function parseYaml(text: string, file: string): YamlDocument {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const lineAt = (offset: number) => lineCounter.linePos(offset).line;
  const [error] = document.errors;
  if (error) fail(`${file}, line ${lineAt(error.pos[0])} must be YAML, got: ${error.message.split('\n')[0]}`);
  const value: unknown = document.toJS();

  /** Line of a key, or of the nearest value above it that stands in the text. */
  const lineOf = (path: Path): number => {
    for (let length = path.length; length > 0; length--) {
      const map = document.getIn(path.slice(0, length - 1), true);
      const key = path[length - 1];
      const pair = isMap(map) ? map.items.find(item => isScalar(item.key) && item.key.value === key) : undefined;
      const node = pair?.key ?? document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lineAt(node.range[0]);
    }
    return 1;
  };
  const refuseAs = (path: Path, sentence: (name: string) => string) =>
    fail(`${file}, line ${lineOf(path)}: ${sentence(nameOf(path))}`);

  return {
    value,
    check(schema, value, path = []) {
      const { data, error } = schema.safeParse(value);
      if (data !== undefined) return data;
      const [issue] = error!.issues;
      if (issue.code === 'unrecognized_keys')
        return refuseAs([...path, ...issue.path, issue.keys[0]], () => issue.message);
      const [found, reached] = follow(value, issue.path);
      return refuseAs([...path, ...reached], name => mustBe(name, issue.message, found ?? 'none'));
    },
    refuse: (path, rule) => refuseAs(path, name => `${name} ${rule}`),
  };
}

/** Walks as far as the path goes: a value that stands for a list of one has no place 0. */
function follow(value: unknown, path: Path): [found: unknown, reached: Path] {
  let found = value;
  for (const [i, key] of path.entries()) {
    if (typeof found !== 'object' || found === null) return [found, path.slice(0, i)];
    found = (found as Record<PropertyKey, unknown>)[key];
  }
  return [shownList(found), path];
}

/** Lists and maps in messages, as JSON. */
const shownList = (value: unknown) =>
  typeof value === 'object' && value !== null ? { toString: () => JSON.stringify(value) } : value;

/** @example nameOf(['shapes', 1, 'NL']) // => 'shapes[2].NL': places count from 1, as people do */
const nameOf = (path: Path) =>
  path.reduce<string>(
    (name, key) => (typeof key === 'number' ? `${name}[${key + 1}]` : `${name && `${name}.`}${String(key)}`),
    '',
  ) || 'the file';

import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import test from 'ava';
import ts from 'typescript';

/** A room imports only rooms to its left. Types count as values do: a room is read without knowing those after it. */
const ORDER = 'base shape cost runs law fit frontier plan verify chart report graph trainer sweep cli'.split(
  ' ',
) as readonly string[];

/** These run in a browser too, and so does the public door src/index.ts. */
const BROWSER = new Set('base shape cost law fit frontier plan chart'.split(' '));
const BROWSER_DOOR = 'index.ts';

/** Packages known to run in a browser; one joins the list when that has been seen. */
const BROWSER_PACKAGES = new Set(
  'fastest-levenshtein mathjs ml-levenberg-marquardt ml-matrix pure-rand simple-statistics vega vega-embed vega-lite zod'.split(
    ' ',
  ),
);

const NODE_GLOBALS = new Set(['process', 'Buffer', 'require', '__dirname', '__filename', 'setImmediate']);
const NAMELESS = /^(utils?|types?|helpers?|common|misc)$/;

/** Sources by their path under src, with / between folders. */
type Sources = Readonly<Record<string, string>>;

interface Import {
  readonly name: string;
  readonly erased: boolean; // leaves no trace in JavaScript; import { type T } still loads the module
}

const roomOf = (file: string) => (file.includes('/') ? file.split('/')[0] : '');
const packageOf = (name: string) => name.split('/', name.startsWith('@') ? 2 : 1).join('/');

/** Every broken rule of the house as one line; none when it stands. */
export function brokenRules(sources: Sources): string[] {
  return Object.entries(sources).flatMap(([file, text]) => {
    const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const rules = importsOf(tree).flatMap(found => brokenByImport(file, found));
    return [...brokenByName(file), ...rules, ...brokenByGlobals(file, tree)];
  });
}

function brokenByName(file: string): string[] {
  const room = roomOf(file);
  const nameless = file.split('/').find(part => NAMELESS.test(part.replace(/\.ts$/, '')));
  if (nameless) return [`${file}: ${nameless} says nothing of what it holds`];
  return room === '' || ORDER.includes(room) ? [] : [`${file}: ${room} has no place in the order of rooms`];
}

function brokenByImport(file: string, { name, erased }: Import): string[] {
  const says = (rule: string) => [`${file} imports ${name}: ${rule}`];
  const forBrowser = BROWSER.has(roomOf(file)) || file === BROWSER_DOOR;
  if (!name.startsWith('.')) {
    if (!forBrowser) return [];
    if (isBuiltin(name)) return says('this room runs in a browser');
    return BROWSER_PACKAGES.has(packageOf(name)) ? [] : says('not known to run in a browser');
  }
  const [room, target] = [roomOf(file), posix.join(posix.dirname(file), name)];
  const other = roomOf(target);
  if (other === room && !target.startsWith('..')) return [];
  if (target !== `${other}/index.js`) return says('the door of a room is its index.js');
  if (room !== '' && ORDER.indexOf(other) > ORDER.indexOf(room)) return says(`${other} comes after ${room}`);
  return forBrowser && !erased && !BROWSER.has(other) ? says(`${other} needs Node`) : [];
}

/** Node's globals by name. A property or a key of that name is another thing. */
function brokenByGlobals(file: string, tree: ts.SourceFile): string[] {
  if (!BROWSER.has(roomOf(file)) && file !== BROWSER_DOOR) return [];
  return nodesOf(tree)
    .filter(ts.isIdentifier)
    .filter(({ text, parent }) => {
      const isName =
        (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent)) && parent.name.getText() === text;
      return NODE_GLOBALS.has(text) && !isName;
    })
    .map(({ text }) => `${file} uses ${text}: this room runs in a browser`);
}

/** Imports, exports from elsewhere, import() of values and of types. */
function importsOf(tree: ts.SourceFile): Import[] {
  return nodesOf(tree).flatMap((node): Import[] => {
    const found = (specifier: ts.Node | undefined, erased: boolean) =>
      specifier && ts.isStringLiteralLike(specifier) ? [{ name: specifier.text, erased }] : [];
    if (ts.isImportDeclaration(node)) return found(node.moduleSpecifier, node.importClause?.isTypeOnly ?? false);
    if (ts.isExportDeclaration(node)) return found(node.moduleSpecifier, node.isTypeOnly);
    if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? found(node.argument.literal, true) : [];
    if (ts.isExternalModuleReference(node)) return found(node.expression, false);
    return ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
      ? found(node.arguments[0], false)
      : [];
  });
}

function nodesOf(node: ts.Node): ts.Node[] {
  const below: ts.Node[] = [node];
  ts.forEachChild(node, child => void below.push(...nodesOf(child)));
  return below;
}

function loadSources(): Sources {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).map(file => file.replaceAll('\\', '/'));
  return Object.fromEntries(
    files.filter(file => file.endsWith('.ts')).map(file => [file, readFileSync(`src/${file}`, 'utf8')]),
  );
}

test('src keeps the order of rooms, their doors, and what runs in a browser', t => {
  const sources = loadSources();
  t.true(Object.keys(sources).some(file => file.startsWith('base/')));
  t.deepEqual(brokenRules(sources), []);
});

const KEPT: readonly [string, string][] = [
  ['cost/a.ts', "import { parseShape } from '../shape/index.js';"],
  ['cost/deep/a.ts', "import { parseShape } from '../../shape/index.js';"],
  ['cost/a.ts', "import { b } from './deep/b.js';"],
  ['cost/a.ts', "import * as mathjs from 'mathjs/number';"],
  ['law/a.ts', "import type { Table } from '../runs/index.js';"],
  ['runs/a.ts', "import { readFileSync } from 'node:fs'; process.exit();"],
  [
    'cost/a.ts',
    "// import 'node:fs'\nexport const text = \"import 'node:fs'\"; step.process(); export const s = { process: 1 };",
  ],
  ['node.ts', "export * from './runs/index.js';"],
];
for (const [file, text] of KEPT)
  test(`the rules allow, in ${file}: ${text.replace('\n', ' ')}`, t => t.deepEqual(brokenRules({ [file]: text }), []));

const BROKEN: readonly [string, string, string][] = [
  ['cost/a.ts', "import { fitLaw } from '../fit/index.js';", 'fit comes after cost'],
  ['cost/a.ts', "import type { Fit } from '../fit/index.js';", 'fit comes after cost'],
  ['cost/a.ts', "export type F = import('../fit/index.js').Fit;", 'fit comes after cost'],
  ['cost/a.ts', "export * from '../fit/index.js';", 'fit comes after cost'],
  ['cost/a.ts', "const fit = await import('../fit/index.js');", 'fit comes after cost'],
  ['cost/deep/a.ts', "import { fitLaw } from '../../fit/index.js';", 'fit comes after cost'],
  ['cost/a.ts', "import { PRESETS } from '../shape/presets.js';", 'the door of a room is its index.js'],
  ['cost/a.ts', "import { all } from '../index.js';", 'the door of a room is its index.js'],
  ['cost/a.ts', "import pack from '../../package.json';", 'the door of a room is its index.js'],
  ['node.ts', "export { loadTable } from './runs/table.js';", 'the door of a room is its index.js'],
  ['plan/a.ts', "import { readFileSync } from 'node:fs';", 'this room runs in a browser'],
  ['plan/a.ts', "import fs from 'fs/promises';", 'this room runs in a browser'],
  ['plan/a.ts', "import fs = require('fs');", 'this room runs in a browser'],
  ['plan/a.ts', "import { Command } from 'commander';", 'not known to run in a browser'],
  ['chart/a.ts', "import { Resvg } from '@resvg/resvg-js';", 'not known to run in a browser'],
  ['law/a.ts', "import { loadTable, type Table } from '../runs/index.js';", 'runs needs Node'],
  ['law/a.ts', "import { type Table } from '../runs/index.js';", 'runs needs Node'],
  ['index.ts', "export * from './runs/index.js';", 'runs needs Node'],
  ['chart/a.ts', 'export const wide = process.stdout.columns;', 'this room runs in a browser'],
  ['chart/a.ts', "export const bytes = Buffer.from('a');", 'this room runs in a browser'],
  ['utils/a.ts', '', 'utils says nothing of what it holds'],
  ['cost/types.ts', '', 'types.ts says nothing of what it holds'],
  ['cost/helpers/a.ts', '', 'helpers says nothing of what it holds'],
  ['tools/a.ts', '', 'tools has no place in the order of rooms'],
];
for (const [file, text, rule] of BROKEN)
  test(`the rules refuse, in ${file}: ${text || 'its name'}`, t => {
    const broken = brokenRules({ [file]: text });
    t.is(broken.length, 1, broken.join('; '));
    t.true(broken[0].startsWith(file) && broken[0].endsWith(rule), broken[0]);
  });

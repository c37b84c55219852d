import { fail, mustBe } from '../base/index.js';
import type { Workload } from '../cost/index.js';
import { OPERATORS, parseShape, type Shape, sameShape } from '../shape/index.js';
import { costOf, type EqualIn, type Member, solveMember } from './family.js';
import { type Family, familySchema, type Grid, gridSchema } from './schema.js';
import type { YamlDocument } from './yaml-document.js';

/** What a family of the file came to. */
export interface FamilyReport {
  readonly equal: EqualIn;
  /** Non-embedding parameters, or FLOPs of a training step. */
  readonly value: number;
  readonly members: readonly (Member & { readonly wantedRatio: number })[];
}

export interface SweepShapes {
  /** Each once, in the order of the file. */
  readonly shapes: readonly Shape[];
  readonly families: readonly FamilyReport[];
}

export interface ShapeContext {
  readonly vocab: number;
  /** Of one optimiser step. */
  readonly workload: Workload;
  readonly most: number;
}

/**
 * The shapes of the list `shapes` of a sweep file. An item is a name, a grid `{base, NL: [..], DM: [..], ...}` of every
 * combination of operators, or a family `{equal: params | flops, like: NAME or value, NL: [..], ...}`.
 */
export function expandShapes(items: readonly unknown[], document: YamlDocument, context: ShapeContext): SweepShapes {
  const shapes: Shape[] = [];
  const families: FamilyReport[] = [];
  items.forEach((item, i) => {
    const path = ['shapes', i];
    if (typeof item === 'string') shapes.push(named(item, context));
    else if (typeof item === 'object' && item !== null && 'equal' in item) {
      const family = document.check(familySchema, item, path);
      checkDepths(family, () => document.refuse(path, 'must have NL, or both EL and DL'));
      families.push(solveFamily(family, context, `shapes[${i + 1}]`));
      shapes.push(...families.at(-1)!.members.map(({ shape }) => shape));
    } else shapes.push(...expandGrid(document.check(gridSchema, item, path), { document, path, context }));
  });
  return { shapes: shapes.filter((shape, i) => shapes.findIndex(other => sameShape(shape, other)) === i), families };
}

/** Every shape of a sweep has the sweep's vocabulary. */
const named = (name: string, { vocab }: ShapeContext): Shape => ({ ...parseShape(name), vocab_size: vocab });

interface GridPlace {
  readonly document: YamlDocument;
  readonly path: readonly PropertyKey[];
  readonly context: ShapeContext;
}

function expandGrid(grid: Grid, { document, path, context }: GridPlace): Shape[] {
  const { base, ff_ratio = [], head_width = [] } = grid;
  const clash = (a: keyof Grid, b: keyof Grid) =>
    grid[a] && grid[b] && document.refuse([...path, b], `must not stand beside ${a}: both set the same number`);
  clash('NL', 'EL');
  clash('NL', 'DL');
  clash('ff_ratio', 'FF');
  clash('head_width', 'KV');
  clash('head_width', 'NH');
  const lists = { NL: grid.NL, EL: grid.EL, DL: grid.DL, DM: grid.DM, FF: grid.FF, KV: grid.KV, NH: grid.NH };
  const size = [...Object.values(lists), ff_ratio, head_width].reduce((n, list) => n * (list?.length || 1), 1);
  if (size > context.most) document.refuse(path, `must give at most max_jobs (${context.most}) shapes, got ${size}`);
  let shapes = [named(base, context)];
  for (const [symbol, values] of Object.entries(lists))
    if (values) shapes = cross(shapes, values, OPERATORS[symbol as keyof typeof OPERATORS]);
  if (grid.ff_ratio) shapes = cross(shapes, ff_ratio, setRatio);
  if (grid.head_width) shapes = cross(shapes, head_width, setHeads);
  return shapes;
}

const cross = <Value>(
  shapes: readonly Shape[],
  values: readonly Value[],
  apply: (shape: Shape, value: Value) => Shape,
) => shapes.flatMap(shape => values.map(value => apply(shape, value)));

const setRatio = (shape: Shape, ratio: number) => OPERATORS.FF(shape, Math.max(1, Math.round(ratio * shape.d_model)));

function setHeads(shape: Shape, width: number): Shape {
  if (shape.d_model % width !== 0) fail(mustBe('head_width', `a divisor of d_model ${shape.d_model}`, width));
  return OPERATORS.NH(OPERATORS.KV(shape, width), shape.d_model / width);
}

function checkDepths({ NL, EL, DL }: Family, refuse: () => never): void {
  const given = NL ? EL === undefined && DL === undefined : EL !== undefined && DL !== undefined;
  if (!given) refuse();
}

/** A member for each combination of depths, ff_ratio and head_width. */
function solveFamily(family: Family, context: ShapeContext, where: string): FamilyReport {
  const { equal, like, NL, EL = [], DL = [], ff_ratio, head_width } = family;
  const { workload } = context;
  const base = named(family.base ?? (typeof like === 'string' ? like : 'tiny'), context);
  const value = typeof like === 'number' ? like : costOf(equal, named(like, context), workload);
  const bases = NL ? cross([base], NL, OPERATORS.NL) : cross(cross([base], EL, OPERATORS.EL), DL, OPERATORS.DL);
  const size = bases.length * ff_ratio.length * head_width.length;
  if (size > context.most) fail(`${where} must give at most max_jobs (${context.most}) shapes, got ${size}`);
  const members = bases.flatMap(base =>
    ff_ratio.flatMap(ffRatio =>
      head_width.map(headWidth => ({
        ...solveMember({ equal, value, workload }, { base, ffRatio, headWidth }, where),
        wantedRatio: ffRatio,
      })),
    ),
  );
  return { equal, value, members };
}

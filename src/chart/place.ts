import { textWidth } from './text.js';

// Names beside points. Each name tries places around its point, near ones first, and takes the cheapest that
// touches nothing; names with the fewest free places choose first. Pixels throughout, y grows downwards.

/** A rectangle, x0 < x1 and y0 < y1. */
export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** A straight line between two points. */
export type Segment = Box;

export interface LabelRequest {
  readonly text: string;
  /** Where the point stands. */
  readonly x: number;
  readonly y: number;
  /** Radius of the point's disc, default 4. */
  readonly radius?: number;
  /** Higher ones choose first, default 0. */
  readonly priority?: number;
  readonly bold?: boolean;
}

export interface PlacedLabel {
  /** Which request this answers. */
  readonly index: number;
  /** Where the text is anchored: at its left, middle or right end, and at its middle height. */
  readonly x: number;
  readonly y: number;
  readonly align: 'left' | 'center' | 'right';
  readonly box: Box;
  /** A line to the point, when the name stands apart from it. */
  readonly leader: Segment | null;
}

export interface PlaceOptions {
  /** Size of the plot; names stay inside, or 5 pixels out of it at the sides. */
  readonly width: number;
  readonly height: number;
  /** Font size, default 13. */
  readonly size?: number;
  /** Longest name in pixels, as the text mark's `limit` cuts it, default 170. */
  readonly limit?: number;
  /** What no name may cover, beside the points that ask for names. */
  readonly obstacles?: readonly Box[];
  /** Lines that names avoid where they can. */
  readonly lines?: readonly Segment[];
}

const DIRECTIONS = [
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
  [1, -1],
  [-1, -1],
  [1, 1],
  [-1, 1],
] as const;
/** Distances from the disc; from the second on a leader joins name and point. */
const RINGS = [4, 14, 26, 40, 56, 74];
/** Pixels that a name may stand out of the plot, left and right. */
const OUTSIDE = 5;
const LEADER_FROM = 14;
const DIAGONAL = Math.SQRT1_2;
/** What a place costs. A name near a stranger could be read as the stranger's, so it rather stands apart, with a leader. */
const COST = { ring: 10, direction: 1, line: 25, stranger: 14 } as const;
const NEAR = 6;

const overlap = (a: Box, b: Box, gap = 0) =>
  a.x0 - gap < b.x1 && b.x0 - gap < a.x1 && a.y0 - gap < b.y1 && b.y0 - gap < a.y1;

/** Whether a segment enters a box (Liang and Barsky 1984: clip the line's parameter by each side). */
function enters({ x0, y0, x1, y1 }: Segment, box: Box): boolean {
  let [from, to] = [0, 1];
  for (const [delta, low, high] of [
    [x1 - x0, box.x0 - x0, box.x1 - x0],
    [y1 - y0, box.y0 - y0, box.y1 - y0],
  ]) {
    if (delta === 0) {
      if (low > 0 || high < 0) return false;
      continue;
    }
    const [a, b] = delta > 0 ? [low / delta, high / delta] : [high / delta, low / delta];
    [from, to] = [Math.max(from, a), Math.min(to, b)];
    if (from > to) return false;
  }
  return true;
}

function crosses(a: Segment, b: Segment): boolean {
  const side = (s: Segment, x: number, y: number) => Math.sign((s.x1 - s.x0) * (y - s.y0) - (s.y1 - s.y0) * (x - s.x0));
  return side(a, b.x0, b.y0) !== side(a, b.x1, b.y1) && side(b, a.x0, a.y0) !== side(b, a.x1, a.y1);
}

/** The square around a point's disc. */
export const discOf = ({ x, y, radius = 4 }: LabelRequest): Box => ({
  x0: x - radius,
  y0: y - radius,
  x1: x + radius,
  y1: y + radius,
});

const grown = ({ x0, y0, x1, y1 }: Box, by: number): Box => ({ x0: x0 - by, y0: y0 - by, x1: x1 + by, y1: y1 + by });

type Candidate = PlacedLabel & { readonly cost: number };

function candidatesOf(request: LabelRequest, index: number, { size = 13, limit = 170, lines = [] }: PlaceOptions) {
  const { text, x, y, radius = 4, bold = false } = request;
  const width = Math.min(limit, textWidth(text, size, { bold }));
  const half = size * 0.58;
  return RINGS.flatMap((distance, ring) =>
    DIRECTIONS.map(([dx, dy], direction): Candidate => {
      const reach = (radius + distance) * (dx && dy ? DIAGONAL : 1);
      const [left, top] = [x + dx * reach, y + dy * reach];
      const middle = dx && !dy ? top : top + dy * half * (dx ? 0.6 : 0.9);
      const x0 = dx > 0 ? left : dx < 0 ? left - width : left - width / 2;
      const box = { x0, y0: middle - half, x1: x0 + width, y1: middle + half };
      const apart = distance >= LEADER_FROM;
      const edge = radius * (dx && dy ? DIAGONAL : 1);
      const leader = apart ? { x0: x + dx * edge, y0: y + dy * edge, x1: left - dx * 2, y1: top - dy * 2 } : null;
      const hits = lines.filter(line => enters(line, grown(box, 2))).length;
      return {
        index,
        x: left,
        y: middle,
        align: dx > 0 ? 'left' : dx < 0 ? 'right' : 'center',
        box,
        leader,
        cost: COST.ring * ring + COST.direction * direction + COST.line * hits,
      };
    }),
  );
}

/** Whether a name and its leader touch neither another point nor what no name may cover. */
const avoids = ({ box, leader }: PlacedLabel, solids: readonly Box[]) =>
  !solids.some(solid => overlap(box, solid, 1) || (leader && enters(leader, solid)));

/** Whether a name and its leader touch no other name and no other leader. */
const isFree = ({ box, leader }: PlacedLabel, placed: readonly PlacedLabel[]) =>
  placed.every(
    other =>
      !overlap(box, other.box, 2) &&
      !(leader && enters(leader, other.box)) &&
      !(other.leader && enters(other.leader, box)) &&
      !(leader && other.leader && crosses(leader, other.leader)),
  );

const strangerCost = ({ box, leader }: PlacedLabel, solids: readonly Box[]) =>
  leader ? 0 : COST.stranger * solids.filter(solid => overlap(box, solid, NEAR)).length;

/** Where each name can stand at all, cheapest first. */
function optionsOf(requests: readonly LabelRequest[], options: PlaceOptions): Candidate[][] {
  const { width, height, obstacles = [] } = options;
  const discs = requests.map(discOf);
  const inside = ({ box }: PlacedLabel) =>
    box.x0 >= -OUTSIDE && box.y0 >= 0 && box.x1 <= width + OUTSIDE && box.y1 <= height;
  return requests.map((request, index) => {
    const solids = [...obstacles, ...discs.filter((_, other) => other !== index)];
    return candidatesOf(request, index, options)
      .filter(candidate => inside(candidate) && avoids(candidate, solids))
      .map(candidate => ({ ...candidate, cost: candidate.cost + strangerCost(candidate, solids) }))
      .sort((a, b) => a.cost - b.cost);
  });
}

/** What a name costs that stands nowhere: more than any place. */
const LEFT_OUT = 1000;
const PASSES = 8;

/**
 * Places names beside their points so that none covers another name, a point or a leader.
 *
 * First each name takes its cheapest free place, those with fewest places first. Then names move to cheaper places
 * while they can, alone or with the one name that is in their way. A name that finds no place is left out: compare
 * the length of the result with that of the requests. Deterministic; the result stands in order of the requests.
 */
export function placeLabels(requests: readonly LabelRequest[], options: PlaceOptions): PlacedLabel[] {
  const places = optionsOf(requests, options);
  const order = requests
    .map(({ priority = 0 }, index) => ({ index, priority, count: places[index].length }))
    .sort((a, b) => b.priority - a.priority || a.count - b.count)
    .map(({ index }) => index);
  const chosen = new Map<number, Candidate>();
  for (let pass = 0; pass < PASSES; pass++) {
    const moved = order.filter(index => improve(index, chosen, places));
    if (moved.length === 0) break;
  }
  return [...chosen.values()].map(({ cost, ...label }) => label).sort((a, b) => a.index - b.index);
}

/** Moves one name to a cheaper place, if need be with the one name that stands there; changes `chosen`. */
function improve(index: number, chosen: Map<number, Candidate>, places: readonly Candidate[][]): boolean {
  const now = chosen.get(index)?.cost ?? LEFT_OUT;
  const others = [...chosen.values()].filter(other => other.index !== index);
  for (const place of places[index]) {
    if (place.cost >= now) return false;
    const inTheWay = others.filter(other => !isFree(place, [other]));
    if (inTheWay.length > 1) continue;
    const [other] = inTheWay;
    const rest = others.filter(label => label !== other);
    const elsewhere = other && places[other.index].find(option => isFree(option, [...rest, place]));
    if (other && !(elsewhere && place.cost + elsewhere.cost < now + other.cost)) continue;
    chosen.set(index, place);
    if (elsewhere) chosen.set(elsewhere.index, elsewhere);
    return true;
  }
  return false;
}

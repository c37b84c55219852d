import type { CurvePoint, DownstreamCurvePoint, DownstreamPoint, FrontierValues } from '../../chart/index.js';
import type { FlopLedger, ParamLedger, TrainMemory } from '../../cost/index.js';
import type { Estimate, ShapeTerm } from '../../fit/index.js';
import type { RunRecord } from '../../runs/index.js';
import type { ClaimRow, FitRow } from '../../verify/index.js';
import type { TableBlock } from '../content.js';

// What the overview is made of: results of the rooms above, ready to be shown.

export interface CostLine {
  readonly name: string;
  readonly params: ParamLedger;
  /** Of one sequence. */
  readonly flops: FlopLedger;
  /** Of one sequence. */
  readonly memory: TrainMemory;
  /** FLOPs of the whole pre-training at the paper's recipe. */
  readonly training: number;
  /** 6 N D over the exact count. */
  readonly overstated: number;
}

export interface FitStudy {
  readonly about: string;
  readonly params: Readonly<Record<string, Estimate>>;
  readonly level: number;
  readonly points: readonly {
    readonly name: string;
    readonly compute: number;
    readonly loss: number;
    readonly group: number;
    /** ln measured - ln predicted. */
    readonly residual: number;
  }[];
  readonly curve: readonly CurvePoint[];
  readonly rows: readonly FitRow[];
}

export interface ScoreCurve {
  readonly name: string;
  readonly about: string;
  /** Whether shape matters at equal loss: depth as the shape's number, tested by shape. */
  readonly term: ShapeTerm;
  readonly scoreTitle: string;
  readonly points: readonly DownstreamPoint[];
  readonly curve: readonly DownstreamCurvePoint[];
}

export interface ScoreStudy {
  readonly measured: ScoreCurve;
  readonly recalled: ScoreCurve;
}

export interface FrontierStudy extends FrontierValues {
  readonly about: string;
  readonly table: TableBlock;
}

export type ClaimLine = ClaimRow;

export interface TrainedLine {
  readonly record: RunRecord;
  readonly losses: readonly { readonly step: number; readonly tokens: number; readonly loss: number }[];
}

export interface Study {
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly costs: readonly CostLine[];
  readonly fit: FitStudy;
  readonly scores: ScoreStudy;
  readonly frontiers: readonly FrontierStudy[];
  readonly claims: readonly ClaimLine[];
  readonly trained: TrainedLine | null;
}

import { format } from '../base/index.js';
import { costLedgerChart, downstreamChart, frontierChart, lossComputeChart, residualsChart } from '../chart/index.js';
import type { Block, Cell, MarkedCell, ReportContent, Section, TableBlock } from './content.js';
import type { ClaimLine, CostLine, FitStudy, FrontierStudy, ScoreStudy, Study, TrainedLine } from './study/study.js';

/** The page that `npm start` writes: what shapes cost, what was fitted, who is efficient, what the paper says. */
export function overviewContent(study: Study): ReportContent {
  return {
    title: 'Which T5 shape to train, and what it costs',
    lede:
      'Exact costs of T5 shapes, a scaling law fitted to published runs, the efficient models per compute region, ' +
      'and every claim of "Scale Efficiently" (arXiv 2109.10686) beside what we compute.',
    facts: study.facts,
    sections: [
      costSection(study.costs),
      fitSection(study.fit),
      scoreSection(study.scores),
      frontierSection(study.frontiers),
      claimSection(study.claims),
      trainedSection(study.trained),
    ],
  };
}

function costSection(costs: readonly CostLine[]): Section {
  const table: TableBlock = {
    kind: 'table',
    caption:
      'One sequence of 512 encoder and 114 decoder tokens; training is 2^19 steps of 128 sequences, as in the paper.',
    columns: [
      { key: 'name', title: 'Shape' },
      { key: 'params', title: 'Parameters', format: format.count },
      { key: 'nonEmbedding', title: 'Non-embedding', format: format.count },
      { key: 'forward', title: 'Forward', unit: 'FLOPs', format: value => format.si(value) },
      { key: 'training', title: 'Whole training', unit: 'FLOPs', format: value => format.digits(value, 3) },
      { key: 'overstated', title: '6ND over exact' },
      { key: 'memory', title: 'Memory', unit: 'fp32, Adam', format: format.bytes },
    ],
    rows: costs.map(({ name, params, flops, memory, training, overstated }) => ({
      name,
      params: params.total,
      nonEmbedding: params.nonEmbedding,
      forward: flops.forward,
      training,
      overstated: { value: overstated, text: overstated.toFixed(2) },
      memory: memory.total,
    })),
  };
  const bars = (items: (cost: CostLine) => Readonly<Record<string, number>>) =>
    costs.map(cost => ({ name: cost.name, items: items(cost) }));
  return {
    title: 'What shapes cost',
    blocks: [
      "Parameters and FLOPs are exact: they equal PyTorch's own counters on every shape tried. The familiar 6ND is not: " +
        'in an encoder-decoder a token passes through one stack only, so the rule counts about twice too much.',
      table,
      {
        kind: 'chart',
        draw: size =>
          costLedgerChart(
            {
              title: 'Where the parameters are',
              subtitle: "Share of each shape's total",
              bars: bars(c => c.params.items),
              notation: 'si',
            },
            size,
          ),
      },
      {
        kind: 'chart',
        draw: size =>
          costLedgerChart(
            {
              title: 'Where the FLOPs of a forward pass go',
              subtitle: '512 encoder and 114 decoder tokens; 2 FLOPs a multiply-add',
              bars: bars(c => c.flops.items),
              notation: 'si',
              unit: 'FLOPs',
            },
            size,
          ),
      },
      {
        kind: 'chart',
        draw: size =>
          costLedgerChart(
            {
              title: 'What fills the memory of a training step',
              subtitle: 'One sequence, fp32, Adam, eager attention',
              bars: bars(c => c.memory.items),
              notation: 'bytes',
            },
            size,
          ),
      },
    ],
  };
}

function fitSection({ rows, params, points, curve, level, about }: FitStudy): Section {
  const table: TableBlock = {
    kind: 'table',
    caption: `Intervals cover ${format.percent(level, 0)}: percentile bootstrap over rows.`,
    columns: [
      { key: 'name', title: 'Constant' },
      { key: 'value', title: 'Ours', format: value => format.digits(value, 6) },
      { key: 'se', title: 'Standard error', format: value => format.digits(value, 3) },
      { key: 'interval', title: 'Interval', align: 'right' },
    ],
    rows: Object.entries(params).map(([name, { value, se, lo, hi }]) => ({
      name,
      value,
      se,
      interval: `${format.digits(lo)} to ${format.digits(hi)}`,
    })),
  };
  const published: TableBlock = {
    kind: 'table',
    caption: 'The same fit beside what others found.',
    columns: [
      { key: 'fit', title: 'Fit' },
      { key: 'what', title: 'Quantity' },
      { key: 'ours', title: 'Ours', format: value => format.digits(value, 7) },
      { key: 'theirs', title: 'Theirs', format: value => format.digits(value, 7) },
      { key: 'verdict', title: 'Verdict' },
      { key: 'source', title: 'Source' },
    ],
    rows: rows.map(({ fit, what, rule, ours, theirs, outcome, source, note, inputs }) => ({
      fit,
      what,
      ours: rule === 'says' ? { value: ours, text: ours === 1 ? 'said' : 'not said' } : ours,
      theirs: {
        value: theirs,
        text: rule === 'says' ? 'said' : format.digits(theirs, 7),
        recalled: inputs === 'recalled',
      },
      verdict: verdictCell(OUTCOMES[outcome], outcome === 'agrees', outcome === 'missing'),
      source: note === undefined ? source : `${source}: ${note}`,
    })),
  };
  return {
    title: 'A scaling law, fitted again',
    blocks: [
      about,
      table,
      {
        kind: 'chart',
        draw: size =>
          lossComputeChart(
            {
              title: 'Loss falls with compute as the law says',
              subtitle: 'Points of Hoffmann 2022; the line is the fitted law at the best split of each budget',
              points,
              curve,
              groupTitle: 'Parameters',
            },
            size,
          ),
      },
      {
        kind: 'chart',
        draw: size =>
          residualsChart(
            {
              title: 'Where the law is off',
              subtitle: 'Measured against predicted loss, by compute',
              points: points.map(({ name, compute, residual }) => ({ name, at: compute, residual })),
              atTitle: 'Training compute (FLOPs)',
              atNotation: 'power',
            },
            size,
          ),
      },
      published,
    ],
  };
}

function scoreSection({ measured, recalled }: ScoreStudy): Section {
  const chart = (
    study: ScoreStudy['measured'],
    text: { title: string; subtitle: string; shapeTitle: string },
  ): Block => ({
    kind: 'chart',
    draw: size =>
      downstreamChart({ ...text, points: study.points, curve: study.curve, scoreTitle: study.scoreTitle }, size),
    caption: study.about,
  });
  return {
    title: 'From upstream loss to downstream score',
    blocks: [
      'A sigmoid turns loss into score. Colour shows the depth: where shape mattered beyond the loss, one colour would lie above the line.',
      termTable([measured, recalled]),
      chart(measured, {
        title: 'Gemstones: score against loss, coloured by depth',
        subtitle: 'Mean of nine benchmarks against validation loss; 22 shapes and their checkpoints',
        shapeTitle: 'Layers',
      }),
      chart(recalled, {
        title: 'Scale Efficiently, Table 4: score against loss, coloured by encoder depth',
        subtitle: 'Recalled figures: an illustration, not evidence',
        shapeTitle: 'Encoder layers',
      }),
      {
        kind: 'note',
        tone: 'warning',
        text: 'The scores of Table 4 are recalled and not checked against the paper. No conclusion here rests on them.',
      },
    ],
  };
}

function termTable(studies: readonly ScoreStudy['measured'][]): TableBlock {
  return {
    kind: 'table',
    caption: 'Does depth matter at equal loss? Tested by shape, since checkpoints of one shape share their error.',
    columns: [
      { key: 'name', title: 'Data' },
      { key: 'shapes', title: 'Shapes' },
      { key: 'plain', title: 'Error on shapes left out, by loss alone', format: value => format.digits(value, 3) },
      { key: 'withTerm', title: 'with ln depth', format: value => format.digits(value, 3) },
      { key: 'answer', title: 'Answer' },
    ],
    rows: studies.map(({ name, term }, i) => ({
      name: { value: name, recalled: i === 1 },
      shapes: term.shapes,
      plain: term.leftOut.plain,
      withTerm: term.leftOut.withTerm,
      answer: term.answer,
    })),
  };
}

function frontierSection(frontiers: readonly FrontierStudy[]): Section {
  const blocks = frontiers.flatMap(({ about, regions, table, ...values }): Block[] => [
    about,
    { kind: 'chart', draw: size => frontierChart({ ...values, regions }, size) },
    table,
  ]);
  return { title: 'Who is efficient, per compute region', blocks };
}

function claimSection(claims: readonly ClaimLine[]): Section {
  return {
    title: "The paper's claims",
    blocks: [
      {
        kind: 'table',
        columns: ['id', 'claim', 'paper', 'computed', 'verdict', 'remark'].map(key => ({
          key,
          title: key === 'id' ? '' : titled(key),
          align: 'left',
        })),
        rows: claims.map(({ id, claim, paper, computed, verdict, remark, inputs }) => ({
          id,
          claim,
          paper,
          computed,
          verdict: {
            ...verdictCell(
              inputs === 'digitised' ? `${verdict} (digitised)` : verdict,
              verdict === 'agrees',
              verdict === 'cannot be checked',
            ),
            recalled: inputs === 'recalled',
          },
          remark,
        })),
      },
    ],
  };
}

function trainedSection(trained: TrainedLine | null): Section {
  const title = 'A first measured point';
  if (trained === null)
    return {
      title,
      blocks: [
        {
          kind: 'note',
          text: 'No run was trained for this page (`npm start` trains one, where TensorFlow can be loaded). All else stands without it.',
        },
      ],
    };
  const { record, losses } = trained;
  return {
    title,
    blocks: [
      `One T5 trained here on real text: ${format.count(record.params ?? 0)} parameters, ${record.steps} steps, ` +
        (record.loss === undefined ? 'diverged.' : `held-out loss ${record.loss.toFixed(3)} nats per target token.`),
      {
        kind: 'chart',
        draw: size =>
          lossComputeChart(
            {
              title: 'Training loss of the run',
              subtitle: `${record.name}, nats per target token, every step`,
              points: losses.map(({ step, tokens, loss }) => ({ name: `step ${step}`, compute: tokens, loss })),
              computeTitle: 'Encoder tokens seen',
              computeNotation: 'si',
            },
            size,
          ),
      },
    ],
  };
}

const OUTCOMES = {
  agrees: 'agrees',
  noted: 'differs, see note',
  missing: 'cannot be made',
  differs: 'differs',
} as const;

const titled = (key: string) => `${key[0].toUpperCase()}${key.slice(1)}`;

function verdictCell(text: string, good: boolean, soft = false): MarkedCell {
  return { value: text, tone: soft ? 'soft' : good ? 'good' : 'bad' } satisfies Cell;
}

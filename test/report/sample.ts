import {
  claimsChart,
  costLedgerChart,
  downstreamChart,
  frontierChart,
  lossComputeChart,
  residualsChart,
} from '../../src/chart/index.js';
import type { ReportContent } from '../../src/report/index.js';
import * as values from '../chart/samples.js';

/** Scores of Tay et al. 2021, table 4, are recalled; the parameter counts of four rows are verified. */
const TABLE_4 = [
  { model: 'Small', params: 60506624, glue: 77.45, superglue: 62.88, squad: 80.39 },
  { model: 'Small16L', params: 134e6, glue: 82.57, superglue: 69.51, squad: 84.12 },
  { model: 'Base', params: 222903552, glue: 82.53, superglue: 69.8, squad: 85.14 },
  { model: 'Base36L', params: 621e6, glue: 85.26, superglue: 75.57, squad: 87.84 },
  { model: 'Large36L', params: 1.1e9, glue: 87.22, superglue: 79.0, squad: 89.21 },
  { model: 'XL32L', params: 3.8e9, glue: 86.94, superglue: 79.87, squad: null },
];

const recalled = (value: number | null) => (value === null ? null : { value, recalled: true });

/** A whole report with one of everything. */
export const sample: ReportContent = {
  title: 'Which T5 to train, and how sure we are',
  lede: 'Deep and narrow shapes reach the quality of the next standard size at two thirds of its cost. Upstream loss alone does not show it.',
  facts: [
    { label: 'Made by', value: 'shapelaw 0.1.0' },
    { label: 'Made on', value: '2025-11-24' },
    { label: 'Data', value: '3 published tables, 61 rows' },
    { label: 'Seed', value: '7' },
  ],
  sections: [
    {
      title: 'What it costs',
      blocks: [
        'Every parameter is counted from the shape: `num_layers`, `num_decoder_layers`, `d_model`, `d_ff`, `d_kv`, `num_heads` and `vocab_size`. In the small sizes the token embedding holds half of them; in the large ones it hardly matters.',
        {
          kind: 'chart',
          draw: size => costLedgerChart(values.costLedger, size),
          caption: 'Exact counts; the totals equal the released checkpoints.',
        },
      ],
    },
    {
      title: 'Loss against compute',
      blocks: [
        'The law `L = E + A/N^alpha + B/D^beta` is fitted to the runs; its lowest loss at each compute is the line.',
        {
          kind: 'chart',
          draw: size => lossComputeChart(values.lossCompute, size),
          caption: 'Hollow points are left out of the fit.',
        },
        { kind: 'chart', draw: size => residualsChart(values.residuals, size) },
        {
          kind: 'note',
          tone: 'warning',
          text: 'Five runs that saw few tokens lie far from the law. The constants move when they are kept.',
        },
      ],
    },
    {
      title: 'Shape downstream',
      blocks: [{ kind: 'chart', draw: size => downstreamChart(values.downstream, size) }],
    },
    {
      title: 'The frontier by compute region',
      blocks: [
        { kind: 'chart', draw: size => frontierChart(values.frontier, size) },
        { kind: 'chart', draw: size => frontierChart(values.paramsFrontier, size) },
        { kind: 'chart', draw: size => frontierChart(values.speedFrontier, size) },
        {
          kind: 'table',
          caption: 'Models on the frontier, and the standard sizes',
          columns: [
            { key: 'model', title: 'Model' },
            { key: 'params', title: 'Parameters', unit: 'millions', format: value => (value / 1e6).toFixed(1) },
            { key: 'glue', title: 'GLUE', unit: 'average' },
            { key: 'superglue', title: 'SuperGLUE', unit: 'average' },
            { key: 'squad', title: 'SQuAD', unit: 'average' },
            { key: 'verdict', title: 'Frontier' },
          ],
          rows: TABLE_4.map(({ model, params, glue, superglue, squad }) => ({
            model,
            params,
            glue: recalled(glue),
            superglue: recalled(superglue),
            squad: recalled(squad),
            verdict: model === 'Base' ? { value: 'dominated', tone: 'bad' } : { value: 'on it', tone: 'good' },
          })),
        },
      ],
    },
    {
      title: 'What the paper says, and what we compute',
      blocks: [
        { kind: 'chart', draw: size => claimsChart(values.claims, size) },
        {
          kind: 'list',
          items: [
            'Seven claims are ratios that exact counts can check.',
            'One fails: the paper’s XXL has another attention width than the released one.',
          ],
        },
        { kind: 'note', text: 'A recalled value is marked with a dagger wherever it stands.' },
      ],
    },
  ],
};

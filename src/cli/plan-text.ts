import { format } from '../base/index.js';
import type { Prediction } from '../fit/index.js';
import type { Plan, PlannedShape, PlanOptions } from '../plan/index.js';
import type { PlanAnswer } from './plan-wire.js';
import { formatTable, type TableColumn } from './table.js';

/** A plan for people: the decision, the shapes beside it, what limits cost, what to mind. */
export function planText({ plan, options, upstream, remarks }: PlanAnswer): string {
  return [
    decision(plan, options),
    ...certainty(plan),
    '',
    shapesTable(plan, options),
    '',
    ...(plan.replaces ? [replacing(plan, plan.replaces)] : []),
    ...(plan.downstream ? [`${capital(plan.downstream.text)}.`] : []),
    ...plan.sensitivities.map(({ text }) => text),
    '',
    source(plan, options, upstream.table),
    ...[...remarks, ...plan.notes].map(note => `note: ${note}`),
    ...plan.warnings.map(warning => `warning: ${warning}`),
  ].join('\n');
}

function decision({ choice }: Plan, { machine, downstream }: PlanOptions): string {
  const { shape, name, params, tokens, loss, score, cost } = choice;
  const { num_layers, num_decoder_layers, d_model } = shape;
  const parts = [
    `${num_layers} + ${num_decoder_layers} layers`,
    `width ${d_model}`,
    `${format.count(params)} parameters`,
  ];
  const { training } = cost ?? {};
  const spent = training
    ? [
        `${duration(training.deviceHours / machine!.devices)} on ${machine!.devices} ${machine!.device.name}`,
        `${format.digits(training.deviceHours, 3)} device-hours`,
        ...(training.usd === null ? [] : [money(training.usd)]),
        `${format.si(training.energy.total * 1000, 'Wh')}`,
        `${format.si(training.carbon * 1000, 'g')} CO2e`,
      ]
    : [];
  return [
    `Train ${name} (${parts.join(', ')}) on ${format.count(tokens)} tokens: loss ${interval(loss)}${score ? `, ${downstream!.law.response.name} ${interval(score)}` : ''}.`,
    ...(spent.length > 0 ? [`It takes ${spent.join(', ')}.`] : []),
  ].join('\n');
}

function certainty({ spread, band, considered, feasible, forecasts }: Plan): string[] {
  const [low, high] = spread.params.map(format.count);
  const [least, most] = band.aspect.map(value => format.digits(value, 3));
  return [
    `In ${format.percent(forecasts.level, 0)} of draws of the runs the best size lies between ${low} and ${high} parameters.`,
    `${band.shapes === 1 ? '1 shape is' : `${band.shapes} shapes are`} within 0.1 % of its loss: d_model / encoder layers ${least} to ${most}, ${band.layers.join(' to ')} layers (of ${considered} tried, ${feasible} keep to every limit).`,
  ];
}

function shapesTable({ choice, alternatives, downstream, replaces }: Plan, options: PlanOptions): string {
  const rows: [string, PlannedShape][] = [
    ['choice', choice],
    ...(downstream && downstream.agreement !== 'same'
      ? [[`best by ${downstream.response}`, downstream.choice] as [string, PlannedShape]]
      : []),
    ...alternatives.map((shape): [string, PlannedShape] => [
      `${shape.why}${shape.isWorse ? ' (worse)' : ''}`.replaceAll('; ', '\n'),
      shape,
    ]),
    ...(replaces ? [["best of T5's own sizes", replaces.planned] as [string, PlannedShape]] : []),
  ];
  const columns = columnsOf(options);
  return formatTable(
    [{ title: '', align: 'left' }, ...columns.map(({ title, align }) => ({ title, align }))],
    rows.map(([why, shape]) => [why, ...columns.map(({ cell }) => cell(shape))]),
  );
}

interface ShapeColumn extends TableColumn {
  readonly cell: (shape: PlannedShape) => string;
}

function columnsOf({ machine, downstream }: PlanOptions): ShapeColumn[] {
  return [
    { title: 'shape', align: 'left', cell: ({ name }) => name },
    { title: 'layers', cell: ({ shape }) => `${shape.num_layers} + ${shape.num_decoder_layers}` },
    { title: 'width', cell: ({ shape }) => String(shape.d_model) },
    { title: 'params', cell: ({ params }) => format.count(params) },
    { title: 'tokens', cell: ({ tokens }) => format.count(tokens) },
    { title: 'FLOPs', cell: ({ totalFlops }) => totalFlops.toExponential(2).replace('e+', 'e') },
    { title: 'memory', cell: ({ deviceBytes }) => format.si(deviceBytes, 'B') },
    ...(machine
      ? [
          { title: 'step', cell: ({ secondsPerStep }: PlannedShape) => format.seconds(secondsPerStep!) },
          {
            title: 'cost',
            cell: ({ cost }: PlannedShape) => (cost!.training.usd === null ? '-' : money(cost!.training.usd)),
          },
        ]
      : []),
    { title: 'loss', cell: ({ loss }) => format.digits(loss.value) },
    { title: 'above the choice', cell: ({ behind }) => difference(behind.loss) },
    ...(downstream
      ? [{ title: downstream.law.response.name, cell: ({ score }: PlannedShape) => format.digits(score!.value) }]
      : []),
  ];
}

const interval = ({ value, lo, hi }: Prediction) =>
  `${format.digits(value)} [${format.digits(lo)}, ${format.digits(hi)}]`;

const difference = ({ value, lo, hi }: Prediction) =>
  value === 0 && lo === 0 && hi === 0 ? '' : `${value.toFixed(4)} [${lo.toFixed(4)}, ${hi.toFixed(4)}]`;

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);

const money = (usd: number) => `${usd < 10 ? usd.toFixed(2) : Math.round(usd).toLocaleString('en-US')} USD`;

const duration = (hours: number) =>
  hours >= 48 ? `${format.digits(hours / 24, 3)} days` : format.seconds(hours * 3600);

function replacing({ choice }: Plan, { name, budgetShare, paramsShare, memoryShare }: NonNullable<Plan['replaces']>) {
  const beside = `with ${format.percent(paramsShare, 0)} of its parameters and ${format.percent(memoryShare, 0)} of its training memory`;
  if (budgetShare === null) return `At this budget ${name} does better than ${choice.name}, ${beside}.`;
  return budgetShare <= 1
    ? `It replaces ${name}, the best of T5's own sizes here, whose loss it reaches at ${format.percent(budgetShare)} of what that spends, ${beside}.`
    : `The best of T5's own sizes here is ${name}: for the same loss the choice spends ${format.digits(budgetShare, 3)} times as much, ${beside}, but it goes lower.`;
}

function source({ forecasts }: Plan, { stage }: PlanOptions, table: PlanAnswer['upstream']['table']): string {
  const drawn = Object.entries(forecasts.prior).map(
    ([name, { median, sd }]) => `, with ${name} drawn about ${median} (${format.percent(sd, 0)} spread)`,
  );
  return `${stage.law.name} fitted to ${forecasts.fit.rows} rows of ${table.source.file}; ${format.percent(forecasts.level, 0)} intervals of a new run from ${forecasts.replicates} draws by ${forecasts.unit}${drawn.join('')}`;
}

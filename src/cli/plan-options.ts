import { fail } from '../base/index.js';
import { type Attention, countDevices, type Layout, type Optimizer, type Precision } from '../cost/index.js';
import {
  type Budget,
  type Constraints,
  defaultSpace,
  type FlopCount,
  type Inference,
  type Machine,
  type ParamCount,
  type PlanOptions,
  parseSpace,
  type ShapeSpace,
  SPACES,
  TESTED_REACH,
} from '../plan/index.js';
import { parseNumber } from './input.js';
import { loadMachine, type MachineTexts } from './machine.js';
import { loadYaml } from './yaml.js';

/** Texts of the command line; `plan --help` says what each is. */
export interface PlanTexts extends MachineTexts {
  readonly flops?: string;
  readonly hours?: string;
  readonly dollars?: string;
  readonly days?: string;
  readonly mfu?: string;
  readonly memory?: string;
  readonly memoryBatch?: string;
  readonly split?: string;
  readonly recompute?: true;
  readonly precision?: string;
  readonly optimizer?: string;
  readonly attention?: string;
  readonly uniqueTokens?: string;
  readonly epochs?: string;
  readonly tokens?: string;
  readonly minStepsPerSecond?: string;
  readonly maxParams?: string;
  readonly maxLayers?: string;
  readonly inferenceTokens?: string;
  readonly batch: string;
  readonly encLen: string;
  readonly decLen: string;
  readonly space?: string;
  readonly layers?: string;
  readonly decoderLayers?: string;
  readonly widths?: string;
  readonly ratios?: string;
  readonly heads?: string;
  readonly innerRatios?: string;
  readonly aspect?: string;
  readonly vocab?: string;
  readonly countParams: string;
  readonly countFlops: string;
  readonly extrapolate?: string | true;
  readonly replicates?: string;
  readonly level: string;
  readonly seed: string;
}

/** Everything a plan is asked but the runs and the space, which depends on their laws. */
export async function parsePlanOptions(texts: PlanTexts): Promise<Omit<PlanOptions, 'stage' | 'downstream' | 'space'>> {
  const budget = parseBudgetTexts(texts);
  const { machine, layout } = await parseMachine(texts);
  if (machine === undefined && !('flops' in budget)) fail('a budget of time or money needs --device NAME, got none');
  return {
    budget,
    ...(machine && { machine }),
    constraints: parseConstraintTexts(texts, machine),
    ...optional('inference', parseInferenceTexts(texts)),
    workload: {
      batch: parseNumber('--batch', texts.batch),
      encLen: parseNumber('--enc-len', texts.encLen),
      decLen: parseNumber('--dec-len', texts.decLen),
    },
    count: texts.countParams as ParamCount,
    flopCount: (texts.countFlops === '6nd' ? '6ND' : texts.countFlops) as FlopCount,
    layout,
    ...optional('recompute', texts.recompute),
    precision: (texts.precision ?? (machine ? 'bf16' : 'fp32')) as Precision,
    ...optional('optimizer', texts.optimizer as Optimizer | undefined),
    ...optional('attention', texts.attention as Attention | undefined),
    reach: parseReach(texts.extrapolate),
    ...optional('replicates', numberOf('--replicates', texts.replicates)),
    level: parseNumber('--level', texts.level),
    seed: parseNumber('--seed', texts.seed),
  };
}

const optional = <Name extends string, Value>(name: Name, value: Value | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { readonly [key in Name]?: Value };

const numberOf = (option: string, text: string | undefined) =>
  text === undefined ? undefined : parseNumber(option, text);

const BUDGETS = { flops: 'flops', hours: 'deviceHours', dollars: 'usd', days: 'days' } as const;

function parseBudgetTexts(texts: PlanTexts): Budget {
  const given = (Object.keys(BUDGETS) as (keyof typeof BUDGETS)[]).filter(name => texts[name] !== undefined);
  if (given.length !== 1)
    fail(
      `plan needs one budget, --flops, --hours, --dollars or --days, got ${given.map(name => `--${name}`).join(' and ') || 'none'}`,
    );
  const [name] = given;
  return { [BUDGETS[name]]: parseNumber(`--${name}`, texts[name]!) } as unknown as Budget;
}

/** The machine and how the model is laid out on it; without a device, only how many devices share a copy. */
async function parseMachine(texts: PlanTexts): Promise<{ machine?: Machine; layout: Partial<Layout> }> {
  const { split, mfu } = texts;
  const { device, devices, calibration, count, layout, usdPerHour, grid, pue, idleShare } = texts;
  const asked = { device, devices, calibration, count, layout, usdPerHour, grid, pue, idleShare };
  if (split !== undefined && layout !== undefined) fail('--split must not go with --layout, which says it too');
  if (device === undefined) {
    for (const [name, text] of Object.entries({ mfu, calibration }))
      if (text !== undefined) fail(`--${name} must go with --device NAME, got none`);
    await loadMachine(asked); // refuses options that need a device
    return { layout: { tensor: numberOf('--split', split) ?? 1 } };
  }
  const chosen = await loadMachine({ ...asked, layout: split === undefined ? layout : `tensor=${split}` });
  const machine = {
    ...chosen!.price,
    device: chosen!.device!,
    devices: countDevices(chosen!.layout),
    ...optional('timed', chosen!.calibration),
    ...optional('mfu', numberOf('--mfu', mfu)),
  };
  return { machine, layout: chosen!.layout };
}

const GB = 1e9;

function parseConstraintTexts(texts: PlanTexts, machine: Machine | undefined): Constraints {
  const { memory } = texts;
  if (memory === 'device' && machine === undefined) fail('--memory device must go with --device NAME, got none');
  const memoryBytes = memory === 'device' ? machine!.device.memoryBytes : numberOf('--memory', memory);
  return {
    ...optional('memoryBytes', memoryBytes === undefined || memory === 'device' ? memoryBytes : memoryBytes * GB),
    ...optional('memoryBatch', numberOf('--memory-batch', texts.memoryBatch)),
    ...optional('uniqueTokens', numberOf('--unique-tokens', texts.uniqueTokens)),
    ...optional('epochs', numberOf('--epochs', texts.epochs)),
    ...optional('tokens', numberOf('--tokens', texts.tokens)),
    ...optional('minStepsPerSecond', numberOf('--min-steps-per-second', texts.minStepsPerSecond)),
    ...optional('maxParams', numberOf('--max-params', texts.maxParams)),
    ...optional('maxLayers', numberOf('--max-layers', texts.maxLayers)),
  };
}

function parseInferenceTexts({ inferenceTokens, encLen, decLen }: PlanTexts): Inference | undefined {
  if (inferenceTokens === undefined) return undefined;
  return {
    tokens: parseNumber('--inference-tokens', inferenceTokens),
    encLen: parseNumber('--enc-len', encLen),
    decLen: parseNumber('--dec-len', decLen),
  };
}

function parseReach(extrapolate: string | true | undefined): number {
  if (extrapolate === undefined) return 1;
  return extrapolate === true ? TESTED_REACH : parseNumber('--extrapolate', extrapolate);
}

/**
 * --space, a name or a file, with what the other options change in it.
 *
 * @param inputs what the laws read: it decides the space where none is named
 */
export async function parseSpaceTexts(texts: PlanTexts, inputs: readonly string[]): Promise<ShapeSpace> {
  const { space } = texts;
  const named = space !== undefined && Object.hasOwn(SPACES, space) ? SPACES[space] : undefined;
  const otherwise = named ?? defaultSpace(inputs);
  const base =
    named === undefined && space !== undefined ? parseSpace(await loadYaml(space), space, otherwise) : otherwise;
  const changes = [
    ['num_layers', '--layers', texts.layers],
    ['num_decoder_layers', '--decoder-layers', texts.decoderLayers],
    ['d_model', '--widths', texts.widths],
    ['ff_ratio', '--ratios', texts.ratios],
    ['d_kv', '--heads', texts.heads],
    ['inner_ratio', '--inner-ratios', texts.innerRatios],
    ['aspect', '--aspect', texts.aspect],
    ['vocab_size', '--vocab', numberOf('--vocab', texts.vocab)],
  ] as const;
  return changes.reduce(
    (sum, [field, option, value]) => (value === undefined ? sum : parseSpace({ [field]: value }, option, sum)),
    base,
  );
}

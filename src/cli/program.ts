import { Command, Option } from 'commander';
import { toolkitVersion } from '../runs/index.js';
import { collect } from './input.js';

/** Every command, with its options; the work is imported only by the command that runs. */
export function createProgram(): Command {
  const program = new Command('shapelaw')
    .description('Scaling laws, costs and plans for T5-shaped Transformers.')
    .version(toolkitVersion())
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`shapelaw: ${oneLine(text)}\n`) })
    .showSuggestionAfterError()
    .helpCommand(false);
  addCost(program);
  addFit(program);
  addFits(program);
  addCompare(program);
  addFrontier(program);
  addClaims(program);
  addTrain(program);
  addReport(program);
  addReproduce(program);
  return program;
}

/** Commander's message on one line, in our form. */
const oneLine = (text: string) =>
  text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ');

const json = () => new Option('--json', 'print one JSON document and nothing else');

function addCost(program: Command): void {
  program
    .command('cost')
    .description('parameters, FLOPs, memory and generation cost of shapes')
    .argument('[SHAPE...]', 'names (base, small-el16-dl4, v1.1-xl) or config.json files')
    .option('--shapes <FILE>', 'JSON array of T5 configs; each may carry name, batch, enc_len, dec_len')
    .option('--batch <N>', 'sequences of a step', '1')
    .option('--enc-len <N>', 'encoder tokens of a sequence', '512')
    .option('--dec-len <N>', 'decoder tokens of a sequence', '114')
    .option('--decode-tokens <N>', 'tokens to generate for each sequence (default: dec-len)')
    .option('--convention <NAME>', "torch: 2 FLOPs a multiply-add; mesh-tf: the paper's operations", 'torch')
    .option('--attention <NAME>', 'eager, fused or flash', 'eager')
    .option('--dropout <P>', 'rate of dropout in training', '0')
    .option('--precision <NAME>', 'fp32 or bf16', 'fp32')
    .option('--optimizer <NAME>', 'adam or adafactor', 'adam')
    .option('--items', 'list every item of the ledgers')
    .addOption(json())
    .action(async (names, options) => (await import('./commands/cost.js')).runCost(names, options));
}

function addClaims(program: Command): void {
  program
    .command('claims')
    .description("the paper's claims beside what we compute")
    .addOption(json())
    .action(async options => (await import('./commands/claims.js')).runClaims(options));
}

/** RUNS and how to read it: the same for every command. */
const readsRuns = (command: Command) =>
  command
    .argument('<RUNS>', 'CSV, JSONL, JSON or Parquet file, or a dataset of this package (NAME or NAME:TABLE)')
    .option('--map <PAIRS>', 'names for columns: N=params,D=tokens,loss=train_loss', collect)
    .option('--derive <NAME=EXPR>', "a new column, e.g. 'D=C/(6*N)'; may be repeated", collect)
    .option('--where <EXPR>', "rows to keep, e.g. 'tokens <= 1e11'", collect);

function addFit(program: Command): void {
  readsRuns(
    program.command('fit').description('fits a law to runs: constants with intervals, and what the runs identify'),
  )
    .option('--law <LAW>', 'the law to fit, e.g. chinchilla')
    .option('--formula <TEXT>', "a law of your own, e.g. 'E + A/N^alpha'")
    .option('--residual <NAME>', 'log or linear (default: what the law says)')
    .option('--start <PAIRS>', 'starting values: A=400,alpha=0.3')
    .option('--fix <PAIRS>', 'constants held at a value: E=1.69')
    .option('--tie <PAIRS>', 'constants that follow another: beta=alpha')
    .option('--rho <NAME>', 'squared, huber, asymmetric, cauchy or likelihood (default huber)')
    .option('--huber-delta <D>', 'where huber turns linear (default 0.001)')
    .option('--over <W>', 'asymmetric: how much dearer a prediction too high is (default 10)')
    .option('--reduce <NAME>', 'report the objective as sum or mean over rows')
    .option('--bootstrap <N>', 'intervals from N bootstrap draws')
    .option('--unit <COLUMNS>', 'columns that name a run: its rows are drawn together')
    .option('--level <P>', 'coverage of the intervals', '0.95')
    .option('--seed <N>', 'decides starts and draws', '0')
    .option('--chart <FILE>', 'the fit as a picture: .svg, .png, or .json for its Vega-Lite specification')
    .option('--predict <FILE>', "rows of inputs to predict, under the law's names or the mapped ones")
    .option(
      '--prior <NAME=MEDIAN:SD>',
      'asymptote drawn in forecasts beyond the rows, or none (default E=1.7:0.15 for nats per token)',
    )
    .addOption(json())
    .action(async (runs, options) => (await import('./commands/fit.js')).runFit(runs, options));
}

function addCompare(program: Command): void {
  readsRuns(
    program
      .command('compare')
      .description('laws on one table: in sample, on runs left out, and as forecasts of larger runs'),
  )
    .option('--laws <LIST>', "laws or variants, e.g. 'chinchilla,ND free,C E 1.7' (default: what the columns allow)")
    .option('--unit <COLUMNS>', 'columns that name a run: its rows are left out together')
    .option('--chart <FILE>', 'forecast errors as a picture: .svg, .png or .json')
    .addOption(json())
    .action(async (runs, options) => (await import('./commands/compare.js')).runCompare(runs, options));
}

function addFits(program: Command): void {
  program
    .command('fits')
    .description('remakes every published fit under fits/ and sets ours beside theirs')
    .option('--save', 'write fits/results')
    .addOption(json())
    .action(async options => (await import('./commands/fits.js')).runFits(options));
}

function addFrontier(program: Command): void {
  readsRuns(program.command('frontier').description('the runs that no other run beats, per compute region'))
    .option('--min <COLUMNS>', 'objectives to make small (default: flops and loss)')
    .option('--max <COLUMNS>', 'objectives to make large')
    .option('--flops <COLUMN>', 'training FLOPs, which decide the region', 'flops')
    .option('--edges <LIST>', 'log10 of the FLOPs that part the regions (default: between the T5 sizes)')
    .addOption(json())
    .action(async (runs, options) => (await import('./commands/frontier.js')).runFrontier(runs, options));
}

function addTrain(program: Command): void {
  program
    .command('train')
    .description('trains one small T5 on real text and records what it measured')
    .argument('<SHAPE>', 'a name; small ones train in a minute: tiny-nh2-kv16-dm32-ff128-nl2-v512')
    .option('--steps <N>', 'length in steps: repeats to the bit')
    .option('--seconds <S>', 'length on the clock (default 30)')
    .option('--batch <N>', 'sequences of a step', '8')
    .option('--seed <N>', 'decides starting weights and batches', '0')
    .option('--out <FILE>', 'JSON Lines file to append the record to')
    .addOption(json())
    .action(async (name, options) => (await import('./commands/train.js')).runTrain(name, options));
}

const outFolder = () => new Option('--out <FOLDER>', 'where the files go').default('out');

function addReport(program: Command): void {
  program
    .command('report')
    .description('costs, a fit, frontiers and the claims as one page that opens without a network')
    .addOption(outFolder())
    .action(async options => (await import('./commands/reproduce.js')).runReport(options));
}

function addReproduce(program: Command): void {
  program
    .command('reproduce')
    .description('the main job: costs, a fit, frontiers, the claims, one trained point, and the report')
    .addOption(outFolder())
    .action(async options => (await import('./commands/reproduce.js')).runReproduce(options));
}

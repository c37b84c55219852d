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
  addCalibrate(program);
  addPlan(program);
  addClaims(program);
  addNext(program);
  addTrain(program);
  addSweep(program);
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
    .description('parameters, FLOPs, memory and generation cost of shapes; with a device also time, money and energy')
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
    .option('--device <NAME>', 'where it runs, e.g. a100-80gb: time, money, energy')
    .option('--devices <FILE>', 'YAML list of devices of your own')
    .option('--calibration <FILE>', 'times as `shapelaw calibrate` measured them')
    .option('--count <N>', 'devices that train together (default 1)')
    .option('--layout <PAIRS>', 'data=8,tensor=2,pipeline=4,micro_batches=8,sharding=full (default: copies)')
    .option('--recompute', 'activations are computed again in the backward pass')
    .option('--steps <N>', 'length of the run')
    .option('--tokens <T>', 'length of the run in encoder tokens')
    .option('--inference-tokens <T>', 'tokens to generate afterwards, priced with the run')
    .option('--price, --usd-per-hour <X>', 'dollars an hour of one device (default: its list price)')
    .option('--grid <REGION>', 'where the power comes from, or grams of CO2e a kWh (default world)')
    .option('--pue <X>', 'energy of the data centre over that of its computers (default 1.56)')
    .option('--idle-share <P>', 'share of the time in which devices wait (default 0)')
    .option('--extrapolate', 'let a calibration predict steps of more than twice the work that it measured')
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
const readsRuns = (command: Command, argument = '<RUNS>') =>
  command
    .argument(argument, 'CSV, JSONL, JSON or Parquet file, or a dataset of this package (NAME or NAME:TABLE)')
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

function addCalibrate(program: Command): void {
  program
    .command('calibrate')
    .description(
      'fits the step-time model: to this machine, which it measures, or to measured steps; with held-out errors',
    )
    .option('--runs <FILE>', 'measured steps in place of this machine: a file or a dataset of this package')
    .option('--map <PAIRS>', 'names for columns: batch=sequences', collect)
    .option('--derive <NAME=EXPR>', "a new column, e.g. 'work=params*tokens'; may be repeated", collect)
    .option('--where <EXPR>', 'rows to keep', collect)
    .option('--seconds <COLUMN>', 'seconds of a step', 'seconds_per_step')
    .option('--device <NAME>', 'where the steps ran: its rates are what the constants multiply')
    .option('--devices <FILE>', 'YAML list of devices of your own')
    .option('--precision <NAME>', 'fp32 or bf16', 'fp32')
    .option(
      '--constants <LIST>',
      'items with a constant each, the others follow the first: matmul,elementwise,overhead',
    )
    .option('--terms <LIST>', 'columns of work in place of shapes, one constant each')
    .option('--unit <COLUMNS>', 'columns that name a run: its rows are left out together')
    .option('--threads <N>', 'of TensorFlow (default: TF_NUM_INTRAOP_THREADS, or 1)')
    .option('--clock <NAME>', 'wall, or cpu where other work disturbs the machine (default wall)')
    .option('--level <P>', 'coverage of the intervals', '0.9')
    .option('--seed <N>', 'decides the draws', '0')
    .option('--out <FILE>', 'write the calibration, for `shapelaw cost --calibration FILE`')
    .addOption(json())
    .action(async options => (await import('./commands/calibrate.js')).runCalibrate(options));
}

function addPlan(program: Command): void {
  const command = program
    .command('plan')
    .description(
      'the shape to train, and on how many tokens, for a budget: with intervals, equals, and what limits cost',
    );
  readsRuns(command, '[RUNS]')
    .option('--law <LAW>', 'the law of the loss, e.g. chinchilla')
    .option('--formula <TEXT>', "a law of your own, e.g. 'E + A/N^alpha + B/D^beta'")
    .option('--fix <PAIRS>', 'constants held at a value: E=1.69')
    .option('--rho <NAME>', 'squared, huber, asymmetric, cauchy or likelihood (default huber)')
    .option('--unit <COLUMNS>', 'columns that name a run: its rows are drawn together')
    .option('--prior <NAME=MEDIAN:SD>', 'asymptote drawn in forecasts, or none (default E=1.7:0.15 for nats per token)')
    .option('--count-params <NAME>', 'what N counts in RUNS: total or non-embedding', 'total')
    .option('--count-flops <NAME>', 'exact, or 6nd: 6 a parameter and token, as papers on decoders count', 'exact')
    .option('--flops <C>', 'budget in FLOPs')
    .option('--hours <H>', 'budget in device-hours')
    .option('--dollars <X>', 'budget in dollars')
    .option('--days <D>', 'budget: all devices for so many days')
    .option('--device <NAME>', 'where it is spent, e.g. a100-80gb')
    .option('--count <N>', 'devices that train together (default 1)')
    .option('--layout <PAIRS>', 'data=8,tensor=2,pipeline=4,micro_batches=8,sharding=full (default: copies)')
    .option('--calibration <FILE>', 'times as `shapelaw calibrate` measured them')
    .option('--mfu <M>', 'time as FLOPs over this share of the peak (default: a roofline of every part of a step)')
    .option('--price, --usd-per-hour <X>', 'dollars an hour of one device (default: its list price)')
    .option('--devices <FILE>', 'YAML list of devices of your own')
    .option('--grid <REGION>', 'where the power comes from, or grams of CO2e a kWh (default world)')
    .option('--pue <X>', 'energy of the data centre over that of its computers (default 1.56)')
    .option('--idle-share <P>', 'share of the time in which devices wait (default 0)')
    .option('--memory <GB>', 'of one device, to be kept to; or device: what it has')
    .option('--memory-batch <N>', 'sequences a copy of the model holds at once (default 1)')
    .option('--split <N>', 'devices that share one copy of the model: --layout tensor=N (default 1)')
    .option('--recompute', 'activations are computed again in the backward pass')
    .option('--precision <NAME>', 'fp32 or bf16 (default bf16 with a device, fp32 without)')
    .option('--optimizer <NAME>', 'adam or adafactor (default adam)')
    .option('--attention <NAME>', 'eager, fused or flash (default eager)')
    .option('--unique-tokens <T>', 'different tokens that there are')
    .option('--epochs <E>', 'how often each may be seen (default 1)')
    .option('--tokens <T>', 'train every shape on so many, whatever more the budget buys')
    .option('--min-steps-per-second <X>', 'slower shapes are left out')
    .option('--max-params <N>', 'larger shapes are left out')
    .option('--max-layers <N>', 'deeper shapes are left out: encoder and decoder together')
    .option('--inference-tokens <T>', 'tokens to generate, paid from the budget too')
    .option('--batch <N>', 'sequences of a step', '128')
    .option('--enc-len <N>', 'encoder tokens of a sequence', '512')
    .option('--dec-len <N>', 'decoder tokens of a sequence', '114')
    .option('--space <NAME>', 'shapes to choose from: t5, wide, or a YAML file (default: what the law can judge)')
    .option('--layers <LIST>', 'encoder layers, e.g. 4..48:2')
    .option('--decoder-layers <LIST>', 'decoder layers, or equal')
    .option('--widths <LIST>', 'd_model, e.g. 256..4096:128')
    .option('--ratios <LIST>', 'd_ff over d_model')
    .option('--heads <LIST>', 'd_kv, the width of a head')
    .option('--inner-ratios <LIST>', 'num_heads * d_kv over d_model')
    .option('--aspect <A..B>', 'd_model over encoder layers, or any')
    .option('--vocab <N>', 'entries of the embedding')
    .option('--downstream <RUNS>', 'runs with a score, for a second law that reads the loss first')
    .option('--downstream-law <LAW>', 'e.g. sigmoid or sigmoid-shape')
    .option('--downstream-formula <TEXT>', "e.g. 'a - b*L + g*ln(num_layers)'")
    .option('--downstream-map <PAIRS>', 'L=loss,score=superglue', collect)
    .option('--downstream-derive <NAME=EXPR>', "e.g. 's=ln(num_layers)'; may be repeated", collect)
    .option('--downstream-where <EXPR>', 'rows to keep', collect)
    .option('--downstream-unit <COLUMNS>', 'columns that name a run')
    .option('--extrapolate [TIMES]', 'let the plan lie so many times beyond the measured runs (default 30)')
    .option('--replicates <N>', 'draws of the forecasts (default 400)')
    .option('--level <P>', 'coverage of the intervals', '0.9')
    .option('--seed <N>', 'decides the draws', '0')
    .addOption(json())
    .action(async (runs, options) => (await import('./commands/plan.js')).runPlan(runs, options));
}

function addNext(program: Command): void {
  readsRuns(
    program.command('next').description('which pilot runs to buy next: what each takes off the forecast, per FLOP'),
  )
    .option('--law <LAW>', 'the law that is fitted to the runs', 'chinchilla')
    .option('--plan <FLOPS>', 'the budget to be planned: the target is its best split')
    .option('--target <PAIRS>', 'the run whose forecast matters: N=1e9,D=2e10')
    .option('--picks <K>', 'runs to pick', '5')
    .option('--max-flops <C>', 'FLOPs to spend on them all')
    .option('--aim <NAME>', 'variance of the forecast, or regret of the decision (with --plan)', 'variance')
    .option('--candidates <FILE>', "rows with the law's inputs and flops (default: a grid within what was measured)")
    .option('--reach <X>', 'times that the grid may leave what was measured', '1')
    .option('--extrapolate', 'allow any reach, and any number of tokens a parameter')
    .option('--unit <COLUMNS>', 'columns that name a run')
    .option('--seed <N>', 'decides starts', '0')
    .addOption(json())
    .action(async (runs, options) => (await import('./commands/next.js')).runNext(runs, options));
}

function addTrain(program: Command): void {
  program
    .command('train')
    .description('trains one small T5 on real text, or goes on where that stopped, and records what it measured')
    .argument('<SHAPE>', 'a name; small ones train in a minute: tiny-nl2')
    .option('--vocab <N>', 'ids of the vocabulary, learned from the text (default: that of the shape, 32128)')
    .option('--minutes <M>', 'length on the clock (default 1)')
    .option('--seconds <S>', 'length on the clock')
    .option('--steps <N>', 'length in steps: repeats to the bit')
    .option('--tokens <T>', 'length in encoder tokens: repeats to the bit')
    .option('--batch <N>', 'sequences of a step', '8')
    .option('--accumulate <N>', 'micro-batches that a step is computed in', '1')
    .option('--seed <N>', 'decides starting weights, batches and dropout', '0')
    .option('--optimizer <NAME>', 'adam or adafactor', 'adam')
    .option(
      '--schedule <NAME>',
      'wsd, inverse-square-root, cosine or constant (default: wsd for adam, inverse-square-root for adafactor)',
    )
    .option('--warm-up <N>', 'steps in which the rate rises (default 50, or a tenth of a shorter run)')
    .option('--dropout <P>', 'rate of dropout in training', '0')
    .option('--precision <NAME>', 'of matmuls: fp32 or bf16', 'fp32')
    .option('--mode <NAME>', 'graph, or eager, which runs without the native addon too, but slowly (default graph)')
    .option('--threads <N>', 'of TensorFlow (default: TF_NUM_INTRAOP_THREADS, or 1)')
    .option('--evaluate-every <N>', 'steps between held-out losses on the way')
    .option('--corpus <NAME>', 'text of this package, or several joined by + (default: all)')
    .option('--text <FILES...>', 'text files of your own')
    .addOption(new Option('--out <FOLDER>', 'where the folder of the run goes').default('out/train'))
    .option('--fresh', 'start anew where the same run is there')
    .option('--export <FOLDER>', 'write the model for Hugging Face transformers')
    .addOption(json())
    .action(async (name, options) => (await import('./commands/train.js')).runTrain(name, options));
}

function addSweep(program: Command): void {
  program
    .command('sweep')
    .description('trains many small T5s as a file says, here or on a Slurm cluster; goes on where it was left')
    .argument('<FILE>', 'YAML: shapes, lengths, seeds, tasks; docs/sweep.md says what it may hold')
    .option('--out <FOLDER>', 'where run folders and records go (default: out/NAME of the sweep)')
    .option('--workers <N>', 'processes at a time, one thread each (default: cores)')
    .option('--dry-run', 'print the jobs and what they will take, and stop there')
    .option('--executor <NAME>', 'local or slurm', 'local')
    .option('--sbatch <OPTIONS>', 'of sbatch, for slurm; may be repeated', collect)
    .option('--job <N>', 'run this one job in this process: its number or its id')
    .addOption(new Option('--probe', 'time a few steps and print them').hideHelp())
    .addOption(json())
    .action(async (file, options) => (await import('./commands/sweep.js')).runSweep(file, options));
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

import { COMPUTE, type Operation, type Tree } from './formula-tree.js';

/** A formula and its derivatives as one flat list of instructions over a fixed set of registers. */
export interface Program {
  /** How many instructions there are; what two trees share is worked out once. */
  readonly length: number;
  /** Value at `params` and `inputs`; fills the derivatives when `gradient` is given. Allocates nothing. */
  evaluate(params: ArrayLike<number>, inputs: ArrayLike<number>, gradient?: Float64Array): number;
}

export interface ProgramSource {
  readonly value: Tree;
  readonly slopes: readonly Tree[];
  readonly params: readonly string[];
  readonly inputs: readonly string[];
  /** Names that are above 0 wherever the formula is asked: their powers may go by logarithms, which derivatives need too. */
  readonly positive: ReadonlySet<string>;
}

const OPERATIONS = Object.keys(COMPUTE) as Operation[];
const TABLE = OPERATIONS.map(operation => COMPUTE[operation]);
const [ADD, SUBTRACT, MULTIPLY, DIVIDE] = ['+', '-', '*', '/'].map(sign => OPERATIONS.indexOf(sign as Operation));

/** Registers hold parameters, inputs, constants, then one result for each instruction. */
export function compileProgram(source: ProgramSource): Program {
  const { params, inputs, value, slopes } = source;
  const code = createCode(source);
  const result = code.emit(value);
  const valueEnd = code.operations.length;
  const results = slopes.map(code.emit);

  const first = params.length + inputs.length + code.constants.length;
  const place = (at: Place) => ({ slot: 0, constant: params.length + inputs.length, result: first })[at.in] + at.index;
  const operations = Uint8Array.from(code.operations, ({ operation }) => OPERATIONS.indexOf(operation));
  const left = Int32Array.from(code.operations, ({ a }) => place(a));
  const right = Int32Array.from(code.operations, ({ b }) => place(b));
  const registers = new Float64Array(first + operations.length);
  registers.set(code.constants, params.length + inputs.length);
  const [valueAt, ...slopesAt] = [result, ...results].map(place);

  function run(from: number, to: number): void {
    for (let k = from; k < to; k++) {
      const a = registers[left[k]];
      const b = registers[right[k]];
      const operation = operations[k];
      // The four commonest in line; a table of functions for the rest.
      if (operation === MULTIPLY) registers[first + k] = a * b;
      else if (operation === ADD) registers[first + k] = a + b;
      else if (operation === SUBTRACT) registers[first + k] = a - b;
      else if (operation === DIVIDE) registers[first + k] = a / b;
      else registers[first + k] = TABLE[operation](a, b);
    }
  }

  return {
    length: operations.length,
    evaluate(constants, at, gradient) {
      for (let k = 0; k < params.length; k++) registers[k] = constants[k];
      for (let k = 0; k < inputs.length; k++) registers[params.length + k] = at[k];
      run(0, valueEnd);
      if (gradient) {
        run(valueEnd, operations.length);
        for (let k = 0; k < slopesAt.length; k++) gradient[k] = registers[slopesAt[k]];
      }
      return registers[valueAt];
    },
  };
}

interface Place {
  readonly in: 'slot' | 'constant' | 'result';
  readonly index: number;
}

/** Writes trees as instructions, each different one once. */
function createCode({ params, inputs, positive }: ProgramSource) {
  const slots = [...params, ...inputs];
  const constants: number[] = [];
  const operations: { operation: Operation; a: Place; b: Place }[] = [];
  const written = new Map<string, Place>();

  function constant(value: number): Place {
    const found = constants.findIndex(other => Object.is(other, value));
    if (found < 0) constants.push(value);
    return { in: 'constant', index: found < 0 ? constants.length - 1 : found };
  }

  function write(operation: Operation, a: Place, b: Place = a): Place {
    const key = `${operation} ${a.in} ${a.index} ${b.in} ${b.index}`;
    const known = written.get(key);
    if (known) return known;
    operations.push({ operation, a, b });
    const result: Place = { in: 'result', index: operations.length - 1 };
    written.set(key, result);
    return result;
  }

  function emit(tree: Tree): Place {
    if (tree.kind === 'number') return constant(tree.value);
    if (tree.kind === 'name') return { in: 'slot', index: slots.indexOf(tree.name) };
    const [a, b] = tree.args;
    if (b === undefined) return write(tree.operation, emit(a));
    return tree.operation === '^' ? emitPower(a, b) : write(tree.operation, emit(a), emit(b));
  }

  /** Small whole exponents as products; powers of what is above 0 by its logarithm: a third of the time of `**`. */
  function emitPower(base: Tree, exponent: Tree): Place {
    const at = emit(base);
    if (exponent.kind === 'number') {
      const square = () => write('*', at, at);
      if (exponent.value === -1) return write('/', constant(1), at);
      if (exponent.value === -2) return write('/', constant(1), square());
      if (exponent.value === 2) return square();
      if (exponent.value === 3) return write('*', square(), at);
      return write('^', at, constant(exponent.value));
    }
    const power = emit(exponent);
    if (!isPositive(base, positive)) return write('^', at, power);
    return write('exp', write('*', power, write('log', at)));
  }

  return { emit, operations, constants: constants as readonly number[] };
}

/** Above 0 whenever the named ones are, as far as the form of the tree shows. */
function isPositive(tree: Tree, names: ReadonlySet<string>): boolean {
  if (tree.kind === 'number') return tree.value > 0;
  if (tree.kind === 'name') return names.has(tree.name);
  if (tree.operation === 'exp' || tree.operation === 'sigmoid') return true;
  const closed = ['+', '*', '/', '^', 'sqrt'].includes(tree.operation);
  return closed && tree.args.every((arg, k) => isPositive(arg, names) || (tree.operation === '^' && k === 1));
}

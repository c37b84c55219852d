import { fail, shown } from '../base/index.js';
import { quote } from './duckdb.js';
import type { Constant, Node } from './expression.js';

// Columns are written by number and every number as a double. So `/` is real division, nothing overflows as
// integers do, names keep their case, and nothing but arithmetic over the table's own cells can happen.

export type Kind = 'number' | 'text' | 'condition' | 'null';

/** SQL that we wrote, and what it yields. */
export interface Sql {
  readonly sql: string;
  readonly kind: Kind;
}

export interface Scope {
  /** What the expression is called in messages, such as `where` or `derive D`. */
  readonly subject: string;
  /** The SQL of a column; refuses unknown names. */
  readonly column: (name: string) => Sql;
  /** The sentence that a text column stands where a number is needed. */
  readonly textSentence: (name: string) => string;
}

/** Writes our SQL for a tree; a node or function that is not listed in this file is refused. */
export function writeSql(node: Node, scope: Scope): Sql {
  switch (node.class) {
    case 'COLUMN_REF':
      return scope.column(columnName(node));
    case 'CONSTANT':
      return writeConstant(node.value as Constant, scope);
    case 'CAST':
      return writeTruth(node, scope);
    case 'FUNCTION':
      return writeFunction(node, scope);
    case 'COMPARISON':
      return writeComparison(node, scope);
    case 'BETWEEN':
      return writeBetween(node, scope);
    case 'CONJUNCTION':
      return writeConjunction(node, scope);
    case 'OPERATOR':
      return writeOperator(node, scope);
    case 'CASE':
      return writeCase(node, scope);
    default:
      return refuse(words(node.class), scope);
  }
}

/** How often each function takes arguments, all of them numbers. */
const FUNCTIONS: Readonly<Record<string, { readonly min: number; readonly max: number }>> = {
  abs: { min: 1, max: 1 },
  ceil: { min: 1, max: 1 },
  exp: { min: 1, max: 1 },
  floor: { min: 1, max: 1 },
  greatest: { min: 1, max: 99 },
  least: { min: 1, max: 99 },
  ln: { min: 1, max: 1 },
  log10: { min: 1, max: 1 },
  log2: { min: 1, max: 1 },
  pow: { min: 2, max: 2 },
  round: { min: 1, max: 1 },
  sign: { min: 1, max: 1 },
  sqrt: { min: 1, max: 1 },
};

/** Functions that DuckDB stops at where they are not defined; here the cell is then missing. */
const PARTIAL = new Set(['ln', 'log10', 'log2', 'sqrt']);

const COMPARISONS: Readonly<Record<string, string>> = {
  COMPARE_EQUAL: '=',
  COMPARE_NOTEQUAL: '<>',
  COMPARE_LESSTHAN: '<',
  COMPARE_LESSTHANOREQUALTO: '<=',
  COMPARE_GREATERTHAN: '>',
  COMPARE_GREATERTHANOREQUALTO: '>=',
};

const LIKES: Readonly<Record<string, string>> = {
  '~~': 'LIKE',
  '!~~': 'NOT LIKE',
  '~~*': 'ILIKE',
  '!~~*': 'NOT ILIKE',
};

const HINTS: Readonly<Record<string, string>> = {
  log: ' (write ln, log10 or log2)',
  '^-': ' (write a ^ (-b))',
  '//': ' (write floor(a / b))',
};

const ALLOWED =
  'be arithmetic, comparisons, and, or, not, in, between, like, is null, case and coalesce over columns, with no ' +
  `function but ${Object.keys(FUNCTIONS).join(', ')}`;

const refuse = (what: string, { subject }: Scope): never => fail(`${subject} must ${ALLOWED}, got ${what}`);

const words = (name: string) => name.toLowerCase().replaceAll('_', ' ');

const columnName = (node: Node) => (node.column_names ?? []).join('.');

const KINDS = { number: 'a number', text: 'text', condition: 'a condition', null: 'NULL' } as const;

/** The SQL of a node that must be of one kind. */
const demand = (node: Node, kind: Kind, scope: Scope) => checkKind(node, writeSql(node, scope), kind, scope);

function checkKind(node: Node, { sql, kind: found }: Sql, kind: Kind, scope: Scope): string {
  if (found === kind || found === 'null') return sql;
  if (kind === 'number' && found === 'text' && node.class === 'COLUMN_REF')
    return fail(scope.textSentence(columnName(node)));
  const what = columnName(node) || (node.value ? shown(node.value.value) : (node.function_name ?? words(node.class)));
  return fail(`${scope.subject} must have ${KINDS[kind]} in place of ${what}, got ${KINDS[found]}`);
}

/** Nodes that must be of one kind among themselves. Where text meets numbers, the text is at fault. */
function demandAlike(nodes: readonly Node[], scope: Scope): { sqls: string[]; kind: Kind } {
  const written = nodes.map(node => writeSql(node, scope));
  const kinds = written.map(({ kind }) => kind).filter(kind => kind !== 'null');
  const kind = kinds.includes('number') ? 'number' : (kinds[0] ?? 'null');
  return { sqls: nodes.map((node, index) => checkKind(node, written[index], kind, scope)), kind };
}

function writeConstant({ type, is_null: isNull, value }: Constant, scope: Scope): Sql {
  if (isNull) return { sql: 'NULL', kind: 'null' };
  if (type.id === 'VARCHAR') return { sql: quote(String(value)), kind: 'text' };
  const digits = typeof value === 'object' ? value.upper * 2 ** 64 + value.lower : Number(value);
  const number = digits / 10 ** (type.type_info?.scale ?? 0);
  if (!NUMBERS.has(type.id) || !Number.isFinite(number)) return refuse(`the constant ${shown(value)}`, scope);
  // With an exponent it is a double; without, an integer or a decimal, which overflow and round.
  return { sql: number.toExponential(), kind: 'number' };
}

const NUMBERS = new Set(['INTEGER', 'BIGINT', 'HUGEINT', 'UHUGEINT', 'DECIMAL', 'DOUBLE']);

/** The parser writes true and false as casts; no other cast is allowed. */
function writeTruth(node: Node, scope: Scope): Sql {
  const value = node.child?.value?.value;
  if (node.cast_type?.id !== 'BOOLEAN' || (value !== 't' && value !== 'f')) return refuse('a cast', scope);
  return { sql: String(value === 't'), kind: 'condition' };
}

function writeFunction(node: Node, scope: Scope): Sql {
  const name = node.function_name ?? '';
  const args = node.children ?? [];
  if (Object.hasOwn(LIKES, name)) {
    const [text, pattern] = args.map(arg => demand(arg, 'text', scope));
    return { sql: `(${text} ${LIKES[name]} ${pattern})`, kind: 'condition' };
  }
  if (name === '^' || name === '**') return writePower(args, scope);
  if (['+', '-', '*', '/', '%'].includes(name)) {
    const numbers = args.map(arg => demand(arg, 'number', scope));
    return { sql: numbers.length === 1 ? `(${name} ${numbers[0]})` : `(${numbers.join(` ${name} `)})`, kind: 'number' };
  }
  if (!Object.hasOwn(FUNCTIONS, name)) return refuse(`the function ${name}${HINTS[name] ?? ''}`, scope);
  if (node.schema || node.catalog || node.distinct || node.filter || node.order_bys?.orders.length)
    return refuse(`${name} with more than its arguments`, scope);
  const { min, max } = FUNCTIONS[name];
  if (args.length < min || args.length > max)
    return fail(`${scope.subject} must give ${name} ${min} argument${min > 1 ? 's' : ''}, got ${args.length}`);
  const sql = `${name}(${args.map(arg => demand(arg, 'number', scope)).join(', ')})`;
  return { sql: PARTIAL.has(name) ? `try(${sql})` : sql, kind: 'number' };
}

/** DuckDB reads -a^b as (-a)^b and a^b^c as (a^b)^c; formulas elsewhere do not. So both must be spelled out. */
function writePower(args: readonly Node[], scope: Scope): Sql {
  const [base] = args;
  const power = base.function_name === '^' || base.function_name === '**';
  const negated = base.function_name === '-' && base.children?.length === 1;
  if (power || negated || (base.class === 'CONSTANT' && Number(base.value?.value) < 0))
    return fail(
      `${scope.subject} must say what ^ applies to, got ${power ? 'a power' : 'a minus'} before it: ` +
        'write -(a ^ b), pow(-a, b), pow(a ^ b, c) or a ^ (b ^ c)',
    );
  return { sql: `pow(${args.map(arg => demand(arg, 'number', scope)).join(', ')})`, kind: 'number' };
}

function writeComparison(node: Node, scope: Scope): Sql {
  const sign = COMPARISONS[node.type] ?? refuse(words(node.type), scope);
  const { sqls } = demandAlike([node.left as Node, node.right as Node], scope);
  return { sql: `(${sqls.join(` ${sign} `)})`, kind: 'condition' };
}

function writeBetween(node: Node, scope: Scope): Sql {
  const { sqls } = demandAlike([node.input as Node, node.lower as Node, node.upper as Node], scope);
  return { sql: `(${sqls[0]} BETWEEN ${sqls[1]} AND ${sqls[2]})`, kind: 'condition' };
}

function writeConjunction(node: Node, scope: Scope): Sql {
  const word = node.type === 'CONJUNCTION_AND' ? ' AND ' : ' OR ';
  const parts = (node.children ?? []).map(child => demand(child, 'condition', scope));
  return { sql: `(${parts.join(word)})`, kind: 'condition' };
}

function writeOperator(node: Node, scope: Scope): Sql {
  const children = node.children ?? [];
  switch (node.type) {
    case 'OPERATOR_NOT':
      return { sql: `(NOT ${demand(children[0], 'condition', scope)})`, kind: 'condition' };
    case 'OPERATOR_IS_NULL':
      return { sql: `(${writeSql(children[0], scope).sql} IS NULL)`, kind: 'condition' };
    case 'OPERATOR_IS_NOT_NULL':
      return { sql: `(${writeSql(children[0], scope).sql} IS NOT NULL)`, kind: 'condition' };
    case 'COMPARE_IN':
    case 'COMPARE_NOT_IN': {
      const [value, ...list] = demandAlike(children, scope).sqls;
      return {
        sql: `(${value} ${node.type === 'COMPARE_IN' ? 'IN' : 'NOT IN'} (${list.join(', ')}))`,
        kind: 'condition',
      };
    }
    case 'OPERATOR_COALESCE': {
      const { sqls, kind } = demandAlike(children, scope);
      return { sql: `coalesce(${sqls.join(', ')})`, kind };
    }
    default:
      return refuse(words(node.type), scope);
  }
}

function writeCase(node: Node, scope: Scope): Sql {
  const checks = node.case_checks ?? [];
  const { sqls, kind } = demandAlike([...checks.map(check => check.then_expr), node.else_expr as Node], scope);
  const arms = checks.map((check, index) => `WHEN ${demand(check.when_expr, 'condition', scope)} THEN ${sqls[index]}`);
  return { sql: `(CASE ${arms.join(' ')} ELSE ${sqls.at(-1)} END)`, kind };
}

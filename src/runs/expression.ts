import type { DuckDBConnection } from '@duckdb/node-api';
import { fail, shown } from '../base/index.js';

// What a user writes is never run. DuckDB's parser turns it into a tree (here), the tree is checked against
// short lists, and SQL of our own is written from it (`write-sql.ts`).

/** A node of DuckDB's serialized tree. Only the fields that its class has are present. */
export interface Node {
  readonly class: string;
  readonly type: string;
  readonly alias?: string;
  readonly function_name?: string;
  readonly schema?: string;
  readonly catalog?: string;
  readonly distinct?: boolean;
  readonly filter?: Node | null;
  readonly order_bys?: { readonly orders: readonly unknown[] };
  readonly children?: readonly Node[];
  readonly column_names?: readonly string[];
  readonly left?: Node;
  readonly right?: Node;
  readonly input?: Node;
  readonly lower?: Node;
  readonly upper?: Node;
  readonly child?: Node;
  readonly cast_type?: { readonly id: string };
  readonly case_checks?: readonly { readonly when_expr: Node; readonly then_expr: Node }[];
  readonly else_expr?: Node;
  readonly value?: Constant;
}

export interface Constant {
  readonly type: { readonly id: string; readonly type_info?: { readonly scale?: number } | null };
  readonly is_null: boolean;
  readonly value?: string | number | boolean | { readonly upper: number; readonly lower: number };
}

type Select = Readonly<Record<string, unknown>> & {
  readonly type: string;
  readonly select_list?: readonly Node[];
  readonly from_table?: { readonly type: string };
  readonly cte_map?: { readonly map: readonly unknown[] };
};

type Answer =
  | { readonly error: true; readonly error_message: string }
  | { readonly error: false; readonly statements: readonly { readonly node: Select }[] };

/**
 * The tree of one scalar expression; anything more than that is refused.
 *
 * @param subject what the expression is called in messages, such as `where` or `derive D`
 */
export async function parseExpression(connection: DuckDBConnection, text: string, subject: string): Promise<Node> {
  const refuse = (why: string) => fail(`${subject} must be one expression over columns, got ${shown(text)}: ${why}`);
  if (text.trim() === '') return refuse('it is empty');
  const reader = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)::VARCHAR', [`SELECT ${text}`]);
  const answer = parseAnswer(String(reader.getRowsJS()[0][0]));
  if (answer === undefined) return refuse('a number in it is too large');
  if (answer.error) return refuse(`${answer.error_message} (SQL words and names with blanks need double quotes)`);
  const [statement, ...others] = answer.statements;
  const expression = others.length === 0 ? onlyExpression(statement.node) : undefined;
  return expression ?? refuse('clauses, aliases and further statements are not allowed');
}

/** DuckDB writes a number past the range of doubles as Infinity, which is no JSON. */
function parseAnswer(text: string): Answer | undefined {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return undefined;
  }
}

const CLAUSES = ['modifiers', 'where_clause', 'group_expressions', 'group_sets', 'having', 'sample', 'qualify'];

/** The one expression of a select that holds nothing else. */
function onlyExpression(select: Select): Node | undefined {
  const absent = (clause: unknown) => clause === null || (Array.isArray(clause) && clause.length === 0);
  const bare =
    select.type === 'SELECT_NODE' &&
    select.from_table?.type === 'EMPTY' &&
    select.cte_map?.map.length === 0 &&
    CLAUSES.every(clause => absent(select[clause]));
  return bare && select.select_list?.length === 1 && select.select_list[0].alias === ''
    ? select.select_list[0]
    : undefined;
}

import type { DuckDBConnection } from '@duckdb/node-api';

// DuckDB is imported where it is used: loading it takes longer than most tables take to read.

const CLOSED = { enable_external_access: 'false', lock_configuration: 'true' };
const NO_DOWNLOADS = { autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' };

/**
 * Runs `work` on a fresh database in memory, and closes it.
 *
 * @param files whether SQL may open files. Only sentences of our own run where it may; what a user
 *   wrote runs where files, network and settings are shut (see `expression.ts`).
 */
export async function withDatabase<T>(
  { files }: { files: boolean },
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { ...NO_DOWNLOADS, ...(files ? {} : CLOSED) });
  try {
    const connection = await instance.connect();
    try {
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/** Text as an SQL string. */
export const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** A path as DuckDB's readers take it: `*`, `?` and `[` would be patterns. */
export const quotePath = (path: string) => quote(path.replace(/[*?[]/g, '[$&]'));

/** One line of an error that DuckDB writes over many. */
export const firstLine = (error: unknown) => String(error instanceof Error ? error.message : error).split('\n')[0];

import { readFileSync } from 'node:fs';

/** The version of this package: what a record says wrote it. package.json stands two folders up from src and dist alike. */
export function toolkitVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

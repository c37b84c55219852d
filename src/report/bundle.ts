import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The script of the page in one text: `browser.ts` with vega-embed and all it needs. Takes half a second. */
export async function bundleScript(): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`./browser${extname(import.meta.url)}`, import.meta.url))],
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    charset: 'ascii',
    legalComments: 'none',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0].text;
}

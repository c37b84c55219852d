// npm run bench -- NAME [--json]: side-by-side measurements against peers, both taken in this run.
import { benchCommand } from './command.js';

const { code, stdout, stderr } = await benchCommand(process.argv.slice(2));
if (stdout) console.log(stdout);
if (stderr) console.error(stderr);
process.exitCode = code;

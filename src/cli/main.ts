#!/usr/bin/env node
import { CommanderError } from 'commander';
import { InputError } from '../base/index.js';
import { createProgram } from './program.js';

// Exit codes: 0 done, 1 a check failed, 2 bad input, 70 a fault of ours. Nothing but results goes to stdout.
const BAD_INPUT = 2;
const FAULT = 70;

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_INPUT;
  if (error instanceof InputError || isFileError(error)) {
    process.stderr.write(`shapelaw: ${(error as Error).message}\n`);
    return BAD_INPUT;
  }
  process.stderr.write(
    `shapelaw: a fault of the program; please report it with this trace\n${(error as Error)?.stack ?? error}\n`,
  );
  return FAULT;
}

/** A file that cannot be read or written: the system's one line says which and why. */
function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

// a reader that closes early (| head) is no error
process.stdout.on('error', error => {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(0);
  throw error;
});

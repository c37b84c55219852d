/** Input that breaks a stated rule. The message is one line: what must hold, what was found, where. */
export class InputError extends Error {
  override name = 'InputError';
}

/** Refuse the input. `message` follows "SUBJECT must RULE, got VALUE": lower case, no final period, one line. */
export function fail(message: string): never {
  throw new InputError(message.replace(/\s*\n\s*/g, ' '));
}

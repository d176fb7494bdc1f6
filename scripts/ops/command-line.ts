import { type ParseArgsConfig, parseArgs } from 'node:util';
import { StackError } from '#stack/host/stack-error.ts';

/** What a command was given, as `config` says. @throws StackError with the usage when it was given anything else */
export function readCommandLine<const C extends Omit<ParseArgsConfig, 'args'>>(
  args: readonly string[],
  config: C,
  usage: string,
) {
  try {
    return parseArgs(Object.assign({ args: [...args] }, config));
  } catch {
    throw new StackError(usage);
  }
}

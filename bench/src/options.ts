import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Names of cases; all when empty. */
  readonly cases: readonly string[];
  /** How long each side of a comparison is measured in all. */
  readonly seconds: number;
  /** Into how many turns that time is divided; figure and limit are measured in turn. */
  readonly rounds: number;
  /** Users that are registered before the first case. */
  readonly users: number;
}

export const usage = 'usage: pnpm bench [--case <name>]… [--seconds 9] [--rounds 3] [--users 60]';

/** Reads the command line. @throws TypeError for an option that there is not, RangeError for a number that cannot be */
export function parseOptions(args: readonly string[], caseNames: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      case: { type: 'string', multiple: true, default: [] },
      seconds: { type: 'string', default: '9' },
      rounds: { type: 'string', default: '3' },
      users: { type: 'string', default: '60' },
    },
  });
  const stranger = values.case.find((name) => !caseNames.includes(name));
  if (stranger !== undefined) throw new RangeError(`there is no case "${stranger}": ${caseNames.join(', ')}`);
  return {
    cases: values.case,
    seconds: count('seconds', values.seconds),
    rounds: count('rounds', values.rounds),
    users: count('users', values.users),
  };
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 10_000) {
    throw new RangeError(`--${name} is a whole number from 1 to 10000, not "${text}"`);
  }
  return value;
}

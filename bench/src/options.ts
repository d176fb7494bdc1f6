import { parseArgs } from 'node:util';
import { type AppName, appNames } from '@bank/scripts/stack';

export interface BenchOptions {
  /** Names of cases; all when empty. */
  readonly cases: readonly string[];
  /** The apps whose memory and start are looked at; all when empty. */
  readonly apps: readonly AppName[];
  /** How long each side of a comparison is measured in all. */
  readonly seconds: number;
  /** Into how many turns that time is divided; figure and limit are measured in turn. */
  readonly rounds: number;
  /** Users that are registered before the first case. */
  readonly users: number;
  /** Whether each comparison leaves a CPU profile and a flame graph of the app, of a turn of its own. */
  readonly profile: boolean;
  /** Whether the cases with large data are run as well. */
  readonly scale: boolean;
  /** Whether a figure that was recorded is held to that, instead of to what it must reach and has not reached. */
  readonly recorded: boolean;
}

export const usage =
  'usage: pnpm bench [--case <name>]… [--app <name>]… [--seconds 9] [--rounds 3] [--users 60] [--profile] [--scale] [--recorded]';

/** Names of the cases that are always there, and of those that `--scale` adds. */
export interface CaseNames {
  readonly usual: readonly string[];
  readonly scale: readonly string[];
}

/** Reads the command line. @throws TypeError for an option that there is not, RangeError for a number or a case that cannot be */
export function parseOptions(args: readonly string[], names: CaseNames): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      case: { type: 'string', multiple: true, default: [] },
      app: { type: 'string', multiple: true, default: [] },
      seconds: { type: 'string', default: '9' },
      rounds: { type: 'string', default: '3' },
      users: { type: 'string', default: '60' },
      profile: { type: 'boolean', default: false },
      scale: { type: 'boolean', default: false },
      recorded: { type: 'boolean', default: false },
    },
  });
  for (const name of values.case) requireCase(name, names, values.scale);
  return {
    cases: values.case,
    apps: values.app.map(appNamed),
    seconds: count('seconds', values.seconds),
    rounds: count('rounds', values.rounds),
    users: count('users', values.users),
    profile: values.profile,
    scale: values.scale,
    recorded: values.recorded,
  };
}

function requireCase(name: string, { usual, scale }: CaseNames, withScale: boolean): void {
  if (usual.includes(name)) return;
  if (!scale.includes(name)) throw new RangeError(`there is no case "${name}": ${[...usual, ...scale].join(', ')}`);
  if (!withScale) throw new RangeError(`"${name}" needs large data: add --scale`);
}

function appNamed(name: string): AppName {
  const found = appNames.find((app) => app === name);
  if (found === undefined) throw new RangeError(`there is no app "${name}": ${appNames.join(', ')}`);
  return found;
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 10_000) {
    throw new RangeError(`--${name} is a whole number from 1 to 10000, not "${text}"`);
  }
  return value;
}

import { parseArgs } from 'node:util';

export interface ChaosOptions {
  /** Names of faults; all when empty. */
  readonly faults: readonly string[];
  /** Decides the victims and the moments. */
  readonly seed: number;
  /** How long a store stays away, instead of what the fault says. */
  readonly seconds: number | undefined;
  /** How often an app is killed. */
  readonly kills: number;
  readonly clients: number;
}

export const usage =
  'usage: pnpm chaos [--fault <name>]… [--seed <number>] [--seconds <number>] [--kills 20] [--clients 6]';

/** Reads the command line. @throws TypeError for an option that there is not, RangeError for a value that cannot be */
export function parseOptions(
  args: readonly string[],
  faultNames: readonly string[],
  newSeed: () => number,
): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      fault: { type: 'string', multiple: true, default: [] },
      seed: { type: 'string' },
      seconds: { type: 'string' },
      kills: { type: 'string', default: '20' },
      clients: { type: 'string', default: '6' },
    },
  });
  const stranger = values.fault.find((name) => !faultNames.includes(name));
  if (stranger !== undefined) throw new RangeError(`there is no fault "${stranger}": ${faultNames.join(', ')}`);
  return {
    faults: values.fault,
    seed: values.seed === undefined ? newSeed() : count('seed', values.seed, 2 ** 31),
    seconds: values.seconds === undefined ? undefined : count('seconds', values.seconds, 600),
    kills: count('kills', values.kills, 1000),
    clients: count('clients', values.clients, 64),
  };
}

function count(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw new RangeError(`--${name} is a whole number from 1 to ${most}, not "${text}"`);
  }
  return value;
}

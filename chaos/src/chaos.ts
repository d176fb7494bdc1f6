import type { Stack } from '@bank/scripts/stack';
import type { Action } from '#load/actions/action.ts';
import type { Journal } from '#load/journal.ts';
import type { Load } from '#load/load.ts';
import type { Staff } from '#load/staff.ts';
import type { Receiver } from '#observe/receiver.ts';
import type { ChaosOptions } from '#options.ts';
import type { Random, Shares } from '#random.ts';

/** What a fault works with. The load is running while it does. */
export interface Chaos {
  readonly stack: Stack;
  readonly options: ChaosOptions;
  readonly random: Random;
  readonly journal: Journal;
  readonly load: Load;
  readonly staff: Staff;
  readonly receiver: Receiver;
  report(line: string): void;
}

/** What came of a fault while it lasted; what must hold afterwards of everything is the checker's part. */
export interface Outcome {
  /** How long the stack needed to be back, in milliseconds, each time. */
  readonly recoveriesMs?: readonly number[];
  readonly figures: Readonly<Record<string, number | string>>;
  /** What did not hold. */
  readonly broken: readonly string[];
  /** What a reader should know about this run of it. */
  readonly notes?: readonly string[];
}

/** One thing that goes wrong. */
export interface Fault {
  readonly name: string;
  readonly what: string;
  /** How many of each app the fault needs; one unless it says so. */
  readonly replicas?: number;
  /** What clients do while it lasts; the usual unless it says so. */
  readonly shares?: Shares<Action>;
  run(chaos: Chaos): Promise<Outcome>;
}

import { join } from 'node:path';
import { readTestSettings, repositoryFolder } from '@bank/scripts/stack';
import { describeMachine, progressLines, registerPeople, withBundledStack, writeLatest } from '@bank/test-bed';
import type { Chaos, Fault } from '#chaos.ts';
import { Journal } from '#load/journal.ts';
import { createLoad } from '#load/load.ts';
import { hireStaff } from '#load/staff.ts';
import { withReceiver } from '#observe/receiver.ts';
import type { ChaosOptions } from '#options.ts';
import { seeded } from '#random.ts';
import { holds, type Row } from '#row.ts';
import { runFault } from '#run-fault.ts';
import { tableOf } from '#table.ts';

/** Where results lie; git ignores it. */
const resultsFolder = join(repositoryFolder, 'chaos', 'results');
const usersPerClient = 4;

/**
 * Starts a stack of its own, stores included, and lets the faults loose on it one after the other; those that need several
 * replicas on a second one. Whether everything held. @throws Error when a stack does not start
 */
export async function runChaos(options: ChaosOptions, faults: readonly Fault[]): Promise<boolean> {
  const report = progressLines();
  const machine = describeMachine();
  report(`seed ${options.seed}: the same victims and moments again with --seed ${options.seed}`);
  const picked = faults.filter(({ name }) => options.faults.length === 0 || options.faults.includes(name));
  const rows: Row[] = [];
  const failures: string[] = [];
  for (const [replicas, group] of Map.groupBy(picked, ({ replicas = 1 }) => replicas)) {
    // The stores are its own whatever the environment says: it takes them away.
    const settings = readTestSettings({
      PATH: process.env['PATH'],
      STACK_DOCKER: '0',
      STACK_INSTALL: process.env['STACK_INSTALL'],
    });
    const isFailure = () => !hasHeld(rows, failures);
    await withBundledStack({ name: 'chaos', settings, replicas, isFailure, report }, async (stack) => {
      await withReceiver(stack, (receiver) =>
        letLoose({ stack, receiver }, group, { options, report, rows, failures }),
      );
    });
  }
  process.stdout.write(`\n${tableOf(rows)}\n\n`);
  report(`written to ${writeLatest(resultsFolder, { machine, settings: options, rows, failures })}`);
  return hasHeld(rows, failures);
}

function hasHeld(rows: readonly Row[], failures: readonly string[]): boolean {
  return failures.length === 0 && rows.every(holds);
}

interface Run {
  readonly options: ChaosOptions;
  readonly rows: Row[];
  /** Faults that could not be let loose, and why. */
  readonly failures: string[];
  report(line: string): void;
}

async function letLoose(
  { stack, receiver }: Pick<Chaos, 'stack' | 'receiver'>,
  faults: readonly Fault[],
  { options, report, rows, failures }: Run,
): Promise<void> {
  const people = await registerPeople(stack.addresses, options.clients * usersPerClient);
  const journal = new Journal();
  const random = seeded(options.seed);
  const { clients } = options;
  const { gateway: gatewayUrl, sandbox } = stack.addresses;
  const staff = await hireStaff(stack, journal);
  const load = createLoad({ gatewayUrl, inboxUrl: sandbox.http, people, clients, journal, random, staff });
  const chaos: Chaos = { stack, options, random, journal, load, staff, receiver, report };
  for (const fault of faults) {
    report(`${fault.name}: ${fault.what}`);
    try {
      rows.push(await runFault(chaos, fault));
    } catch (error) {
      failures.push(`${fault.name}: ${error instanceof Error ? error.message : String(error)}`);
      report(`FAILED ${failures.at(-1)}`);
    }
  }
  await load.stop();
}

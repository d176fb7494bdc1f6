import { appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The variable by which the workers of a test run learn its name. */
export const RUN_VARIABLE = 'BANK_TEST_RUN';

/** Ledgers lie beside each other in the system's temporary folder, one a run; the name begins with the pid in base 36. */
export const LEDGER_PATTERN = /^bank-test-(?<run>(?<pid>[0-9a-z]+)_[0-9a-f]{8})\.ledger$/;

export type ResourceKind = 'database' | 'vhost' | 'redis' | 'folder';

let resourcesMade = 0;

/** The file that lists what a run created. */
export function ledgerFile(run: string): string {
  return join(tmpdir(), `bank-test-${run}.ledger`);
}

/** The name of the running test run. @throws Error outside of a run started with `defineTestConfig`. */
export function currentRun(): string {
  const run = process.env[RUN_VARIABLE];
  if (run === undefined) {
    throw new Error('no test run is open: use defineTestConfig() of @bank/testing/vitest as the vitest configuration');
  }
  return run;
}

/** What the names of all resources of a run begin with. */
export function resourcePrefix(run: string): string {
  return `bank_test_${run}_`;
}

/** A name for a resource that no other worker, file or run uses. */
export function uniqueResourceName(name: string): string {
  resourcesMade += 1;
  return `${resourcePrefix(currentRun())}${name}_${process.pid.toString(36)}_${resourcesMade}`;
}

/** Written before the resource is made, so that no crash in between leaves one behind. */
export function recordResource(kind: ResourceKind, name: string): void {
  appendFileSync(ledgerFile(currentRun()), `${kind} ${name}\n`);
}

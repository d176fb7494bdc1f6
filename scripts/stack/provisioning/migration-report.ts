import type { MigrationStatus } from '@bank/database';

/** What a person is told of where one schema stands: what ran and when, what waits, and what is not as it should be. */
export function statusLines(status: MigrationStatus): readonly string[] {
  const { applied, pending } = status;
  const last = applied.at(-1);
  const state = pending.length === 0 ? 'up to date' : `${pending.length} pending`;
  return [
    last === undefined
      ? `nothing has run, ${state}`
      : `${applied.length} applied, ${last.name} the last at ${last.at.toISOString()}; ${state}`,
    ...pending.map((name) => `pending  ${name}`),
    ...oddities(status),
  ];
}

/** What has to be put right before an app of this release meets the schema; nothing when all is well. */
export function faultLines(status: MigrationStatus, drift: readonly string[]): readonly string[] {
  return [
    ...status.pending.map((name) => `pending  ${name}`),
    ...oddities(status),
    ...drift.map((sql) => `entities differ: ${sql}`),
  ];
}

function oddities({ unknown, changed, invalidIndexes }: MigrationStatus): readonly string[] {
  return [
    ...unknown.map((name) => `unknown  ${name}: a newer release ran it`),
    ...changed.map((name) => `changed  ${name}: it ran with other statements than it has now`),
    ...invalidIndexes.map(
      (name) => `invalid  index ${name}: its build was interrupted; the next migrate begins it again`,
    ),
  ];
}

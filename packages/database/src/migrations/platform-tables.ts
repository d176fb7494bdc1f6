import { identifier } from '#connection/identifier.ts';
import { dataKeysSql } from '#migrations/platform/data-keys.ts';
import { committedKeysSql, idempotencySql } from '#migrations/platform/idempotency.ts';
import { appendTogetherSql, inboxSql, outboxSql, wipePublishedDeliveriesSql } from '#migrations/platform/outbox.ts';
import { partitionMaintenanceSql } from '#migrations/platform/partitions.ts';
import { rolesOf } from '#migrations/roles.ts';

/**
 * The tables and functions that this package needs in a schema, with what its app role may do on them. They are the
 * first statements of an app's first migration, and never change: what comes later is a `platformTablesV2`.
 */
export function platformTablesV1(schema: string): string[] {
  return [
    `revoke all on ${identifier(schema)}.migrations from ${rolesOf(schema).app}`,
    ...partitionMaintenanceSql(schema),
    ...outboxSql(schema),
    ...inboxSql(schema),
    ...dataKeysSql(schema),
    ...idempotencySql(schema),
  ];
}

/** What joined after the first release: a delivery that was published keeps nothing that could be opened. */
export function platformTablesV2(schema: string): string[] {
  return wipePublishedDeliveriesSql(schema);
}

/** What joined later still: keys of requests know whether anything was committed under them. */
export function platformTablesV3(schema: string): string[] {
  return committedKeysSql(schema);
}

/** What replaced a part of the first one: the rows of a transaction are appended to the outbox together. */
export function platformTablesV4(schema: string): string[] {
  return appendTogetherSql(schema);
}

/** Tables of the platform and partitions: no entity describes them. */
export const unmappedTables: readonly (string | RegExp)[] = [
  'migrations',
  'partitioned_tables',
  'outbox',
  'outbox_sequences',
  'inbox',
  'data_keys',
  'data_key_tombstones',
  'idempotency_keys',
  'approvals_consumed',
  /_default$/,
  /_w[0-9]{8}$/,
];

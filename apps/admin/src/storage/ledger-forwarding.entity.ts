import { defineEntity, p } from '@mikro-orm/postgresql';

/** The last entry of a shard that the platform's Audit service is known to have. */
export const LedgerForwardingEntity = defineEntity({
  name: 'LedgerForwarding',
  tableName: 'ledger_forwarding',
  schema: 'admin',
  properties: { shard: p.smallint().primary().autoincrement(false), position: p.bigint('number'), hash: p.blob() },
});

/** The lease of the one process that forwards. */
export const LedgerForwarderEntity = defineEntity({
  name: 'LedgerForwarder',
  tableName: 'ledger_forwarder',
  schema: 'admin',
  properties: { name: p.text().primary(), holder: p.uuid().nullable(), expiresAt: p.datetime().nullable() },
});

import { defineEntity, p } from '@mikro-orm/postgresql';

/** A signed checkpoint of all shards; the manifest tells which entries it adds. */
export const LedgerCheckpointEntity = defineEntity({
  name: 'LedgerCheckpoint',
  tableName: 'ledger_checkpoints',
  schema: 'admin',
  properties: {
    number: p.bigint('number').primary().autoincrement(false),
    signedAt: p.datetime(),
    jws: p.text(),
    manifest: p.blob(),
  },
});

/** The lease of the one process that signs checkpoints. */
export const LedgerSignerEntity = defineEntity({
  name: 'LedgerSigner',
  tableName: 'ledger_signer',
  schema: 'admin',
  properties: { name: p.text().primary(), holder: p.uuid().nullable(), expiresAt: p.datetime().nullable() },
});

import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';

/** An entry at its place in the chain of its shard. The columns beside `body` repeat parts of it, for searching. */
export const LedgerEntryEntity = defineEntity({
  name: 'LedgerEntry',
  tableName: 'ledger_entries',
  schema: 'admin',
  properties: {
    id: p.uuid().primary(),
    shard: p.smallint(),
    position: p.bigint('number'),
    version: p.smallint(),
    action: p.text(),
    actorId: p.text(),
    subject: p.text(),
    outcome: p.text(),
    occurredAt: p.datetime(),
    recordedAt: p.datetime(),
    body: p.text(),
    previousHash: p.blob(),
    hash: p.blob(),
  },
  indexes: [
    { name: 'ledger_entries_place_index', properties: ['shard', 'position'] },
    { name: 'ledger_entries_subject_index', properties: ['subject', 'id'] },
    { name: 'ledger_entries_actor_index', properties: ['actorId', 'id'] },
  ],
  checks: [
    { name: 'ledger_entries_shard_check', expression: 'shard >= 0 and shard <= 15' },
    { name: 'ledger_entries_position_check', expression: 'position > 0' },
  ],
});

export type LedgerEntry = InferEntity<typeof LedgerEntryEntity>;

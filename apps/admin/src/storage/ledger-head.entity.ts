import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';

/** The last entry of a shard: position 0 and 32 zero bytes before the first. */
export const LedgerHeadEntity = defineEntity({
  name: 'LedgerHead',
  tableName: 'ledger_heads',
  schema: 'admin',
  properties: { shard: p.smallint().primary().autoincrement(false), position: p.bigint('number'), hash: p.blob() },
});

export type LedgerHead = InferEntity<typeof LedgerHeadEntity>;

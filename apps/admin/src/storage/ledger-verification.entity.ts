import { defineEntity, p } from '@mikro-orm/postgresql';

/** How far the ledger was verified by itself, and what was wrong with it the last time. */
export const LedgerVerificationEntity = defineEntity({
  name: 'LedgerVerification',
  tableName: 'ledger_verification',
  schema: 'admin',
  properties: {
    name: p.text().primary(),
    checkedAt: p.datetime().nullable(),
    verifiedCheckpoint: p.bigint('number'),
    verifiedAt: p.datetime(),
    sweptCheckpoint: p.bigint('number'),
    sweepBeganAt: p.datetime(),
    sweptSince: p.datetime(),
    problems: p.integer(),
  },
});

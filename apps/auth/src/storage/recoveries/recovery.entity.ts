import { defineEntity, p } from '@mikro-orm/postgresql';

export const RecoveryEntity = defineEntity({
  name: 'Recovery',
  tableName: 'recoveries',
  schema: 'auth',
  properties: {
    userId: p.uuid().primary(),
    stage: p.text().primary(),
    id: p.uuid().unique('recoveries_id_key'),
    tokenDigest: p.blob().nullable(),
    cancelDigests: p.type('bytea[]').defaultRaw(`'{}'`),
    attempts: p.smallint().default(0),
    proof: p.text().nullable(),
    dueAt: p.datetime().nullable(),
    begunAt: p.datetime().nullable(),
    closedAt: p.datetime().nullable(),
    leaseUntil: p.datetime().nullable(),
    expiresAt: p.datetime().index('recoveries_expires_at_idx'),
  },
  indexes: [{ name: 'recoveries_due_at_idx', properties: ['dueAt'], where: 'due_at is not null' }],
  checks: [
    { name: 'recoveries_stage_check', expression: `stage in ('asked', 'proven')` },
    { name: 'recoveries_proof_check', expression: `proof in ('recovery_code', 'staff')` },
  ],
});

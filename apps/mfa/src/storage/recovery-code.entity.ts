import { defineEntity, p } from '@mikro-orm/postgresql';

/** A recovery code, as its hash. */
export const RecoveryCodeEntity = defineEntity({
  name: 'RecoveryCode',
  tableName: 'recovery_codes',
  schema: 'mfa',
  properties: {
    userId: p.uuid().primary(),
    digest: p.blob().primary(),
    createdAt: p.datetime(),
    usedAt: p.datetime().nullable(),
  },
});

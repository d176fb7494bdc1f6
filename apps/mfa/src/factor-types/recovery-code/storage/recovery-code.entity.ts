import { defineEntity, p } from '@mikro-orm/postgresql';
import { SubjectEntity } from '#storage/subject.entity.ts';

/** A recovery code, as its hash. */
export const RecoveryCodeEntity = defineEntity({
  name: 'RecoveryCode',
  tableName: 'recovery_codes',
  schema: 'mfa',
  properties: {
    user: () =>
      p
        .manyToOne(SubjectEntity)
        .primary()
        .mapToPk()
        .joinColumn('user_id')
        .foreignKeyName('recovery_codes_user_id_fkey'),
    digest: p.blob().primary(),
    createdAt: p.datetime(),
    usedAt: p.datetime().nullable(),
  },
});

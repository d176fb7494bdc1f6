import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { SubjectEntity } from '#storage/subject.entity.ts';

/** A second factor. `sealed` holds the user's name for it and what proves it; it counts only once confirmed. */
export const FactorEntity = defineEntity({
  name: 'Factor',
  tableName: 'factors',
  schema: 'mfa',
  properties: {
    id: p.uuid().primary(),
    user: () => p.manyToOne(SubjectEntity).mapToPk().joinColumn('user_id').foreignKeyName('factors_user_id_fkey'),
    type: p.text(),
    sealed: p.blob(),
    createdAt: p.datetime(),
    confirmedAt: p.datetime().nullable(),
    lastUsedAt: p.datetime().nullable(),
  },
  indexes: [{ name: 'factors_user_id_index', properties: ['user'] }],
  checks: [{ name: 'factors_type_check', expression: `type in ('totp', 'sms', 'email', 'webauthn')` }],
});

type FactorRow = InferEntity<typeof FactorEntity>;

/** A confirmed factor without its secret. */
export interface ConfirmedFactor extends Pick<FactorRow, 'id' | 'lastUsedAt'> {
  readonly type: 'totp' | 'sms' | 'email' | 'webauthn';
  readonly confirmedAt: Date;
}

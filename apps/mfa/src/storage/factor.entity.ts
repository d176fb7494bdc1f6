import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';

/** A second factor. `sealed` holds the user's name for it and what proves it; it counts only once confirmed. */
export const FactorEntity = defineEntity({
  name: 'Factor',
  tableName: 'factors',
  schema: 'mfa',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    type: p.text(),
    sealed: p.blob(),
    createdAt: p.datetime(),
    confirmedAt: p.datetime().nullable(),
    lastUsedAt: p.datetime().nullable(),
  },
});

type FactorRow = InferEntity<typeof FactorEntity>;

/** A confirmed factor without its secret. */
export interface ConfirmedFactor extends Pick<FactorRow, 'id' | 'lastUsedAt'> {
  readonly type: 'totp' | 'sms' | 'email' | 'webauthn';
  readonly confirmedAt: Date;
}

import { defineEntity, p } from '@mikro-orm/postgresql';
import type { factorTypeNames } from '#factor-types/gen/storage/names.gen.ts';
import { SubjectEntity } from '#storage/subject.entity.ts';

/**
 * A second factor of any kind: what proves it is kept by its kind, `label` is the user's name for it; it counts only once
 * confirmed. `sealed` and `lastStep` are what the release before keeps of authenticator apps.
 */
export const FactorEntity = defineEntity({
  name: 'Factor',
  tableName: 'factors',
  schema: 'mfa',
  properties: {
    id: p.uuid().primary(),
    user: () => p.manyToOne(SubjectEntity).mapToPk().joinColumn('user_id').foreignKeyName('factors_user_id_fkey'),
    type: p.text(),
    sealed: p.blob().nullable().lazy(),
    label: p.blob(),
    sessionId: p.uuid(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
    attempts: p.smallint().default(0),
    confirmedAt: p.datetime().nullable(),
    lastUsedAt: p.datetime().nullable(),
    lastStep: p.bigint('number').nullable().lazy(),
    isPreferred: p.boolean().default(false),
    version: p.bigint('number').defaultRaw('1'),
  },
  indexes: [
    { name: 'factors_user_id_index', properties: ['user'] },
    { name: 'factors_pending_index', properties: ['expiresAt'], where: 'confirmed_at is null' },
  ],
  checks: [{ name: 'factors_type_check', expression: `type ~ '^[a-z][a-z0-9_]{0,31}$'` }],
});

/** A kind that this version knows; a row may be of another. */
export type FactorTypeName = (typeof factorTypeNames)[number];

/** A confirmed factor, by what decides how much it is worth. */
export interface FactorKind {
  readonly id: string;
  readonly type: FactorTypeName;
  /** A passkey that cannot be copied, as a maker who is trusted says: its answers reach `aal3`. */
  readonly isHardware: boolean;
}

/** A confirmed factor without its secret. `version` rises with each change that its user makes. */
export interface ConfirmedFactor {
  readonly id: string;
  readonly type: FactorTypeName;
  readonly label: string;
  readonly confirmedAt: Date;
  readonly lastUsedAt: Date | null;
  /** Its user wants to be asked for it first. */
  readonly isPreferred: boolean;
  readonly version: number;
}

/** A factor that its user has yet to prove, in the session that enrols it and until it expires. */
export interface PendingFactor {
  readonly id: string;
  readonly type: FactorTypeName;
  readonly label: string;
  readonly sessionId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

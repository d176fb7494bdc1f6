import type { UserId } from '@bank/domain';
import { defineEntity, p } from '@mikro-orm/postgresql';
import { type Pool, SubjectEntity } from '#storage/subject.entity.ts';

/** The last code that was sent to a user by one way in one pool, as its hash until it is used, and how many were sent in a row. */
export const SentCodeEntity = defineEntity({
  name: 'SentCode',
  tableName: 'sent_codes',
  schema: 'mfa',
  properties: {
    user: () =>
      p.manyToOne(SubjectEntity).primary().mapToPk().joinColumn('user_id').foreignKeyName('sent_codes_user_id_fkey'),
    type: p.text().primary(),
    pool: p.text().primary().default('sign_in'),
    challengeId: p.uuid(),
    digest: p.blob().nullable(),
    expiresAt: p.datetime(),
    sends: p.integer(),
    sentAt: p.datetime(),
  },
  checks: [
    { name: 'sent_codes_type_check', expression: `type in ('sms', 'email')` },
    { name: 'sent_codes_pool_check', expression: `pool in ('sign_in', 'session')` },
  ],
});

/** The ways by which codes are sent. */
export type SentCodeType = 'sms' | 'email';

/** Whose code it is, by which way it goes, and with which others it is counted. */
export interface CodePlace {
  readonly userId: UserId;
  readonly type: SentCodeType;
  readonly pool: Pool;
}

/** How often a user was sent a code by one way in one pool, without having used any since. */
export interface Sends {
  readonly sends: number;
  readonly sentAt: Date;
}

/** A code that is being sent. */
export interface NewCode extends Sends {
  readonly challengeId: string;
  readonly digest: Uint8Array;
  readonly expiresAt: Date;
}

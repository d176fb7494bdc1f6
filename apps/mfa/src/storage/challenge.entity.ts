import { defineEntity, p } from '@mikro-orm/postgresql';
import { SubjectEntity } from '#storage/subject.entity.ts';

export const ChallengeEntity = defineEntity({
  name: 'Challenge',
  tableName: 'challenges',
  schema: 'mfa',
  properties: {
    purpose: p.text().primary(),
    bindingId: p.uuid().primary(),
    id: p.uuid().unique('challenges_id_key'),
    user: () => p.manyToOne(SubjectEntity).mapToPk().joinColumn('user_id').foreignKeyName('challenges_user_id_fkey'),
    factorId: p.uuid(),
    attempts: p.smallint().default(0),
    createdAt: p.datetime(),
    expiresAt: p.datetime().index('challenges_expires_at_index'),
    closedAt: p.datetime().nullable(),
  },
  checks: [{ name: 'challenges_purpose_check', expression: `purpose in ('sign_in', 'step_up', 'transaction')` }],
});

export const challengePurposes = ['sign_in', 'step_up', 'transaction'] as const;
export type ChallengePurposeName = (typeof challengePurposes)[number];

/** What an answer may be for: a recovery has no challenge, only recovery codes. */
export type AnswerPurposeName = ChallengePurposeName | 'recovery';

/** For what a wrong answer is counted, or a code sent: an enrolment has no challenge either. */
export type CountedPurposeName = AnswerPurposeName | 'enrolment';

/** What an answer is good for: one purpose, for one user, in one sign-in or session, or one transaction (SR-24, SR-63). */
export interface ChallengeBinding {
  readonly userId: string;
  readonly purpose: ChallengePurposeName;
  /** The id of the sign-in, session or transaction. */
  readonly bindingId: string;
}

/** A question for one of the user's factors. */
export interface Challenge extends ChallengeBinding {
  readonly id: string;
  readonly factorId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

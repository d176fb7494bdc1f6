import { defineEntity, p } from '@mikro-orm/postgresql';

/**
 * A user who may enrol factors: activated, and with data keys. `failures` counts wrong answers in a row at sign-ins,
 * `sessionFailures` those of live sessions.
 */
export const SubjectEntity = defineEntity({
  name: 'Subject',
  tableName: 'subjects',
  schema: 'mfa',
  properties: {
    userId: p.uuid().primary(),
    activatedAt: p.datetime(),
    failures: p.integer().default(0),
    blockedUntil: p.datetime().nullable(),
    sessionFailures: p.integer().default(0),
    sessionBlockedUntil: p.datetime().nullable(),
    signInLiftedAt: p.datetime().nullable(),
    factorsResetAt: p.datetime().nullable(),
    recoveredBy: p.uuid().nullable(),
  },
});

/**
 * What is counted and sent apart. `sign_in` is open to whoever has the password alone; `session` to who is signed in, whom the
 * other must not hold back (SR-14).
 */
export type Pool = 'sign_in' | 'session';

/** How the answers of a user have gone in one pool, over all challenges. */
export interface AnswerRecord {
  readonly failures: number;
  /** No answer is taken before that moment. */
  readonly blockedUntil: Date | null;
}

/** A user as a transaction holds one. */
export interface Subject {
  readonly answers: Readonly<Record<Pool, AnswerRecord>>;
  /** When all factors were last removed. */
  readonly factorsResetAt: Date | null;
}

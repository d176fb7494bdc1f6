import { defineEntity, p } from '@mikro-orm/postgresql';

/** A user who may enrol factors: he is active, and his data keys exist. `failures` counts wrong answers in a row. */
export const SubjectEntity = defineEntity({
  name: 'Subject',
  tableName: 'subjects',
  schema: 'mfa',
  properties: {
    userId: p.uuid().primary(),
    activatedAt: p.datetime(),
    failures: p.integer().default(0),
    blockedUntil: p.datetime().nullable(),
    factorsResetAt: p.datetime().nullable(),
    recoveredBy: p.uuid().nullable(),
  },
});

/** How the answers of a user have gone, over all his challenges. */
export interface AnswerRecord {
  readonly failures: number;
  /** No answer is taken before that moment. */
  readonly blockedUntil: Date | null;
}

/** A user as a transaction holds him. */
export interface Subject extends AnswerRecord {
  /** When staff last removed all his factors. */
  readonly factorsResetAt: Date | null;
}

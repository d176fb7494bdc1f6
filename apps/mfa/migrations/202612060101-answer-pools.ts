import { SqlMigration } from '@bank/database';

/**
 * Wrong answers of live sessions are counted apart; `failures` and `blocked_until` are those of sign-ins from now on, and when
 * they were last lifted is kept.
 */
export class AnswerPools extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `alter table mfa.subjects
      add column session_failures integer not null default 0,
      add column session_blocked_until timestamptz,
      add column sign_in_lifted_at timestamptz`,
    ];
  }
}

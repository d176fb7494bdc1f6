import { SqlMigration } from '@bank/database';

/** The history holds attempts that failed as well, and how each looked. */
export class SignInOutcomes extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `alter table device.sign_ins
      alter column device_id drop not null,
      alter column session_id drop not null,
      alter column acr drop not null,
      add column outcome text not null default 'succeeded'
        constraint sign_ins_outcome_check check (outcome in ('succeeded', 'failed')),
      add column reason text,
      add column amr text[],
      add column risk_score smallint,
      add column risk_reasons text[],
      add constraint sign_ins_session_check
        check (outcome = 'failed' or (device_id is not null and session_id is not null and acr is not null))`,
    ];
  }
}

import { SqlMigration } from '@bank/database';

/** Whether a client may, must or cannot have its tokens bound to a key (DPoP). */
export class DpopPolicy extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `alter table auth.clients add column dpop_policy text not null default 'optional'`,
      `alter table auth.clients add constraint clients_dpop_policy_check
        check (dpop_policy in ('none', 'optional', 'required')) not valid`,
    ];
  }
}

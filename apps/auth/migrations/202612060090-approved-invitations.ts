import { SqlMigration } from '@bank/database';

/** Who approved an invitation of staff, beside who asked for it. Not said of those that went out before. */
export class ApprovedInvitations extends SqlMigration {
  override statements(): string[] {
    return ['alter table auth.activations add column approved_by uuid'];
  }
}

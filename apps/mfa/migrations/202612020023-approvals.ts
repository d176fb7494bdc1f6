import { approvalTableV1, SqlMigration } from '@bank/database';

/** Approvals that were executed here. */
export class Approvals extends SqlMigration {
  override statements(): readonly string[] {
    return approvalTableV1('mfa');
  }
}

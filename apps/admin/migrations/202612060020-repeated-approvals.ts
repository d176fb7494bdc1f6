import { BackfillMigration } from '@bank/database';

/** Of what is asked for more than once the earliest waits on; the others are over. */
export class RepeatedApprovals extends BackfillMigration {
  override batch(): string {
    return `update admin.approvals set status = 'expired' where id in (
      select later.id from admin.approvals later
        join admin.approvals earlier on earlier.action = later.action and earlier.user_id = later.user_id
          and earlier.payload = later.payload and earlier.id < later.id
        where later.status = 'pending' and earlier.status = 'pending'
        limit 1000)`;
  }
}

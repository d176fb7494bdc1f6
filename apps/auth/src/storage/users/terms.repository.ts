import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';

/** Who has accepted which version of the terms, and when: rows are added and never changed. */
export class TermsRepository extends Repository {
  /** Notes an acceptance. Of the same version the first one counts. */
  async accept(acceptance: { id: string; userId: UserId; version: string; at: Date }): Promise<void> {
    await this.affected(
      `insert into auth.terms_acceptances (id, user_id, version, accepted_at) values (?, ?, ?, ?)
        on conflict on constraint terms_acceptances_version_key do nothing`,
      [acceptance.id, acceptance.userId, acceptance.version, acceptance.at],
    );
  }
}

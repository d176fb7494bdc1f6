import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { Consent } from '#storage/consent.entity.ts';

const columns = `id, user_id as "userId", purpose, sequence, text_version as "textVersion", decision,
  device_id as "deviceId", session_id as "sessionId", recorded_at as "recordedAt"`;

/** What users have agreed to. Rows are added and never changed. */
export class ConsentRepository extends Repository {
  /** Lets nobody else decide for the user until the transaction ends, and gives the user's last decision on a purpose. */
  async holdLatest(userId: UserId, purpose: string): Promise<Consent | undefined> {
    // Two statements: the second has to see what was committed while the first one waited.
    await this.rows('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`profile.consents ${userId}`]);
    return this.row(
      `select ${columns} from profile.consents where user_id = ? and purpose = ? order by sequence desc limit 1`,
      [userId, purpose],
    );
  }

  async add(consent: Consent): Promise<void> {
    const { id, userId, purpose, sequence, textVersion, decision, deviceId, sessionId, recordedAt } = consent;
    await this.affected(
      `insert into profile.consents
        (id, user_id, purpose, sequence, text_version, decision, device_id, session_id, recorded_at)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [id, userId, purpose, sequence, textVersion, decision, deviceId, sessionId, recordedAt],
    );
  }

  /** The decision that holds for each purpose on which the user has decided. */
  standing(userId: UserId): Promise<Consent[]> {
    return this.rows(
      `select distinct on (purpose) ${columns} from profile.consents where user_id = ? order by purpose, sequence desc`,
      [userId],
    );
  }

  /** A user's decisions, the newest first, from the one after `after` on. */
  list(userId: UserId, page: { after: string | undefined; limit: number }): Promise<Consent[]> {
    return this.rows(
      `select ${columns} from profile.consents
        where user_id = ? and (?::uuid is null or id < ?) order by id desc limit ?`,
      [userId, page.after ?? null, page.after ?? null, page.limit],
    );
  }
}

import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { IdentifierKind } from '#storage/users/identifier.repository.ts';

/** An address or number that waits for its code. */
export interface ContactChange {
  userId: UserId;
  kind: IdentifierKind;
  id: string;
  /** The session that asked for it, in which alone its code is good (SR-24). */
  sessionId: string;
  /** Sealed. */
  address: Uint8Array;
  codeHash: Uint8Array;
  codeExpiresAt: Date;
  /** Until then it can be sent again, and its tries and messages are counted. */
  expiresAt: Date;
}

interface Counters {
  attemptsMax: number;
  sentMax: number;
  now: Date;
}

const columns = `user_id as "userId", kind, id, session_id as "sessionId", address, code_hash as "codeHash",
  code_expires_at as "codeExpiresAt", expires_at as "expiresAt"`;

/** Pending changes of addresses: one for each user and kind. */
export class ContactChangeRepository extends Repository {
  /**
   * Puts a change in place of the older, whose tries and messages stay counted while it lives (SR-25). False when it has been
   * tried or sent too often: then the older one stays as it is.
   */
  async replace(change: ContactChange, { attemptsMax, sentMax, now }: Counters): Promise<boolean> {
    const { userId, kind, id, sessionId, address, codeHash, codeExpiresAt, expiresAt } = change;
    const replaced = await this.affected(
      `insert into auth.contact_changes as c
          (user_id, kind, id, session_id, address, code_hash, code_expires_at, expires_at)
        values (?, ?, ?, ?, ?, ?, ?, ?)
        on conflict on constraint contact_changes_pkey do update set
          id = excluded.id, session_id = excluded.session_id, address = excluded.address,
          code_hash = excluded.code_hash, code_expires_at = excluded.code_expires_at,
          attempts = case when c.expires_at > ? then c.attempts else 0 end,
          sent = case when c.expires_at > ? then c.sent + 1 else 1 end,
          expires_at = case when c.expires_at > ? then c.expires_at else excluded.expires_at end
          where c.expires_at <= ? or (c.sent < ? and c.attempts < ?)`,
      [
        userId,
        kind,
        id,
        sessionId,
        address,
        codeHash,
        codeExpiresAt,
        expiresAt,
        now,
        now,
        now,
        now,
        sentMax,
        attemptsMax,
      ],
    );
    return replaced === 1;
  }

  /** What is pending for a user, of any kind unless one is said, held until the transaction ends. */
  lockPending(userId: UserId, now: Date, kind?: IdentifierKind): Promise<ContactChange | undefined> {
    return this.row(
      `select ${columns} from auth.contact_changes where user_id = ? and expires_at > ?
          and (?::text is null or kind = ?::text)
        order by expires_at desc limit 1 for update`,
      [userId, now, kind ?? null, kind ?? null],
    );
  }

  /** Counts one try of a code before it is compared, and holds the row until the transaction ends. */
  claimTry(
    { userId, kind, sessionId }: Pick<ContactChange, 'userId' | 'kind' | 'sessionId'>,
    { attemptsMax, now }: Pick<Counters, 'attemptsMax' | 'now'>,
  ): Promise<ContactChange | undefined> {
    return this.row(
      `update auth.contact_changes set attempts = attempts + 1
        where user_id = ? and kind = ? and session_id = ? and attempts < ? and expires_at > ?
        returning ${columns}`,
      [userId, kind, sessionId, attemptsMax, now],
    );
  }

  async remove(userId: UserId, kind: IdentifierKind): Promise<void> {
    await this.affected('delete from auth.contact_changes where user_id = ? and kind = ?', [userId, kind]);
  }

  async removeAll(userId: UserId): Promise<void> {
    await this.affected('delete from auth.contact_changes where user_id = ?', [userId]);
  }
}

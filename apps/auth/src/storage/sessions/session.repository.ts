import { Repository } from '@bank/database';
import type { AssuranceLevel, UserId } from '@bank/domain';

export interface Session {
  id: string;
  userId: UserId;
  clientId: string;
  deviceId: string;
  acr: AssuranceLevel;
  amr: readonly string[];
  authTime: Date;
  createdAt: Date;
  lastUsedAt: Date;
  idleExpiresAt: Date;
  absoluteExpiresAt: Date;
  revokedAt: Date | null;
  /** Thumbprint of the key that its tokens are bound to (RFC 9449); null for bearer tokens. */
  dpopJkt: string | null;
  /** Where it was opened, sealed; null for one from before that was kept. */
  origin: Uint8Array | null;
}

/** Which of a user's sessions are meant. */
export interface SessionScope {
  userId: UserId;
  sessionId?: string | undefined;
  deviceId?: string | undefined;
  clientId?: string | undefined;
  exceptSessionId?: string | undefined;
  /** Those opened at or before that moment. */
  openedUntil?: Date | undefined;
  /** Those alone that more than a password opened or raised. */
  isRaised?: true;
}

export const sessionColumns = `s.id, s.user_id as "userId", s.client_id as "clientId", s.device_id as "deviceId", s.acr, s.amr,
  s.auth_time as "authTime", s.created_at as "createdAt", s.last_used_at as "lastUsedAt",
  s.idle_expires_at as "idleExpiresAt", s.absolute_expires_at as "absoluteExpiresAt", s.revoked_at as "revokedAt",
  s.dpop_jkt as "dpopJkt", s.origin`;

/** Sessions. A session that ended keeps its row until it is trimmed. */
export class SessionRepository extends Repository {
  async insert(session: Session): Promise<void> {
    const s = session;
    await this.affected(
      `insert into auth.sessions (id, user_id, client_id, device_id, acr, amr, auth_time, created_at, last_used_at,
        idle_expires_at, absolute_expires_at, dpop_jkt, origin) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        ...[s.id, s.userId, s.clientId, s.deviceId, s.acr, [...s.amr], s.authTime, s.createdAt, s.lastUsedAt],
        ...[s.idleExpiresAt, s.absoluteExpiresAt, s.dpopJkt, s.origin],
      ],
    );
  }

  find(id: string): Promise<Session | undefined> {
    return this.row(`select ${sessionColumns} from auth.sessions s where s.id = ?`, [id]);
  }

  /** The same, held against its end until the transaction ends; those who ask so do not wait for each other. */
  share(id: string): Promise<Session | undefined> {
    return this.row(`select ${sessionColumns} from auth.sessions s where s.id = ? for share`, [id]);
  }

  /** Waits for whoever else opens a session for a user, until the transaction ends: two at once do not count themselves alone. */
  async lockOpeningOf(userId: UserId): Promise<void> {
    await this.rows(`select pg_advisory_xact_lock(hashtextextended('auth.sessions.' || ?::text, 0))`, [userId]);
  }

  /** The live sessions of a user beyond the newest `keep`. */
  listSurplus(userId: UserId, { keep, now }: { keep: number; now: Date }): Promise<Pick<Session, 'id'>[]> {
    return this.rows(
      `select s.id from auth.sessions s
        where s.user_id = ? and s.revoked_at is null and s.idle_expires_at > ? and s.absolute_expires_at > ?
        order by s.id desc offset ?`,
      [userId, now, now, keep],
    );
  }

  /** The live sessions of a user, newest first, after the one with id `before`. */
  listLive(userId: UserId, page: { before: string | undefined; limit: number; now: Date }): Promise<Session[]> {
    return this.rows(
      `select ${sessionColumns} from auth.sessions s
        where s.user_id = ? and s.revoked_at is null and s.idle_expires_at > ? and s.absolute_expires_at > ?
          and (?::uuid is null or s.id < ?::uuid)
        order by s.id desc limit ?`,
      [userId, page.now, page.now, page.before ?? null, page.before ?? null, page.limit],
    );
  }

  /**
   * Sessions that nobody has ended, those that lapsed unused among them, their rows held until the transaction ends, in one order for
   * everybody.
   */
  lockOpen(scope: SessionScope, now: Date): Promise<Session[]> {
    const { userId, sessionId = null, deviceId = null, clientId = null, exceptSessionId = null } = scope;
    const { openedUntil = null, isRaised = false } = scope;
    return this.rows(
      `select ${sessionColumns} from auth.sessions s
        where s.user_id = ? and s.revoked_at is null and s.absolute_expires_at > ?
          and (?::uuid is null or s.id = ?::uuid) and (?::uuid is null or s.device_id = ?::uuid)
          and (?::text is null or s.client_id = ?::text) and (?::uuid is null or s.id <> ?::uuid)
          and (?::timestamptz is null or s.created_at <= ?::timestamptz) and (not ?::boolean or s.acr <> 'aal1')
        order by s.id for update`,
      [
        ...[userId, now, sessionId, sessionId, deviceId, deviceId, clientId, clientId],
        ...[exceptSessionId, exceptSessionId, openedUntil, openedUntil, isRaised],
      ],
    );
  }

  async touch(id: string, idleExpiresAt: Date, now: Date): Promise<void> {
    const sql = 'update auth.sessions set last_used_at = ?, idle_expires_at = ? where id = ?';
    await this.affected(sql, [now, idleExpiresAt, id]);
  }

  /** Notes that its user has authenticated again, and how. */
  async reauthenticate({ id, acr, amr, authTime, idleExpiresAt }: Session): Promise<void> {
    await this.affected(
      'update auth.sessions set acr = ?, amr = ?, auth_time = ?, last_used_at = ?, idle_expires_at = ? where id = ?',
      [acr, [...amr], authTime, authTime, idleExpiresAt, id],
    );
  }

  /** Ends a live session. */
  async end(id: string, reason: string, now: Date): Promise<void> {
    const sql = 'update auth.sessions set revoked_at = ?, end_reason = ? where id = ? and revoked_at is null';
    await this.affected(sql, [now, reason, id]);
  }
}

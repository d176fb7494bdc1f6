import { Repository } from '@bank/database';
import type { Role, UserState } from '@bank/domain';
import { type Session, sessionColumns } from '#storage/sessions/session.repository.ts';

export interface StoredToken {
  id: string;
  generation: number;
  digest: Uint8Array;
  predecessorId: string | null;
}

/** A refresh token with everything that decides about it. */
export interface TokenHolder {
  token: StoredToken;
  session: Session;
  userState: UserState;
  roles: readonly Role[];
  /** Of the session's device. */
  deviceDigest: Uint8Array;
}

/** A token that has been used, and what is left of the way to its successor. */
export interface SpentToken {
  consumedAt: Date;
  successorId: string;
  derivationKeyId: string;
  nonce: Uint8Array | null;
  isSuccessorSpent: boolean;
  /** Whether a step-up took what it would yield: itself or, spent before, its successor. */
  isSuperseded: boolean;
}

export interface NewToken {
  id: string;
  sessionId: string;
  generation: number;
  digest: Uint8Array;
  predecessorId?: string;
  createdAt: Date;
}

type HolderRow = Session & Omit<TokenHolder, 'token' | 'session'> & Omit<StoredToken, 'id'> & { tokenId: string };

/** Refresh tokens: found by id, compared by digest, each used once. */
export class RefreshTokenRepository extends Repository {
  async insert(token: NewToken): Promise<void> {
    await this.affected(
      `insert into auth.refresh_tokens (id, session_id, generation, digest, predecessor_id, created_at)
        values (?, ?, ?, ?, ?, ?)`,
      [token.id, token.sessionId, token.generation, token.digest, token.predecessorId ?? null, token.createdAt],
    );
  }

  /** A token and its session, whose row is held until the transaction ends. */
  async lockHolder(tokenId: string): Promise<TokenHolder | undefined> {
    const row = await this.row<HolderRow>(
      `select t.id as "tokenId", t.generation, t.digest, t.predecessor_id as "predecessorId", ${sessionColumns},
          u.status as "userState", u.roles, d.secret_digest as "deviceDigest"
        from auth.refresh_tokens t
          join auth.sessions s on s.id = t.session_id
          join auth.users u on u.id = s.user_id
          join auth.devices d on d.user_id = s.user_id and d.id = s.device_id
        where t.id = ? for update of s`,
      [tokenId],
    );
    if (row === undefined) return undefined;
    const { tokenId: id, generation, digest, predecessorId, userState, roles, deviceDigest, ...session } = row;
    return { token: { id, generation, digest, predecessorId }, session, userState, roles, deviceDigest };
  }

  /** Uses a token up; false when somebody was faster. */
  async consume(use: {
    id: string;
    successorId: string;
    derivationKeyId: string;
    nonce: Uint8Array;
    at: Date;
  }): Promise<boolean> {
    const consumed = await this.affected(
      `update auth.refresh_tokens set consumed_at = ?, successor_id = ?, derivation_key_id = ?, nonce = ?
        where id = ? and consumed_at is null`,
      [use.at, use.successorId, use.derivationKeyId, use.nonce, use.id],
    );
    return consumed === 1;
  }

  /**
   * Uses the live token of a session up for a successor that cannot be derived from it: whoever still holds it has nothing.
   * The session's row is held by the caller.
   */
  supersede(sessionId: string, successorId: string, at: Date): Promise<StoredToken | undefined> {
    return this.row(
      `update auth.refresh_tokens set consumed_at = ?, successor_id = ?
        where session_id = ? and consumed_at is null
        returning id, generation, digest, predecessor_id as "predecessorId"`,
      [at, successorId, sessionId],
    );
  }

  findSpent(id: string): Promise<SpentToken | undefined> {
    return this.row(
      `select t.consumed_at as "consumedAt", t.successor_id as "successorId", t.nonce,
          t.derivation_key_id as "derivationKeyId", s.consumed_at is not null as "isSuccessorSpent",
          case when s.consumed_at is null then t.derivation_key_id is null else s.derivation_key_id is null end as "isSuperseded"
        from auth.refresh_tokens t join auth.refresh_tokens s on s.id = t.successor_id
        where t.id = ? and t.consumed_at is not null`,
      [id],
    );
  }

  async forgetNonce(id: string): Promise<void> {
    await this.affected('update auth.refresh_tokens set nonce = null where id = ?', [id]);
  }

  /** Forgets the nonces of tokens that were consumed before that moment. */
  forgetNoncesBefore(consumedBefore: Date): Promise<number> {
    const sql = 'update auth.refresh_tokens set nonce = null where nonce is not null and consumed_at < ?';
    return this.affected(sql, [consumedBefore]);
  }
}

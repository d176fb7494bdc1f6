import { Repository } from '@bank/database';
import type { Role, UserId } from '@bank/domain';

/** A member of staff to be. */
export interface Activation {
  id: string;
  /** The user it becomes when it is used. */
  userId: UserId;
  /** Sealed. */
  contact: Uint8Array;
  addressHash: Uint8Array;
  roles: readonly Role[];
  /** Null until the link has gone out. */
  tokenDigest: Uint8Array | null;
  /** Null for the operator. */
  invitedBy: UserId | null;
  /** Null until the link has gone out, and for the operator. */
  approvedBy: UserId | null;
  createdAt: Date;
  expiresAt: Date;
}

const columns = `id, user_id as "userId", contact, address_hash as "addressHash", roles, token_digest as "tokenDigest",
  invited_by as "invitedBy", approved_by as "approvedBy", created_at as "createdAt", expires_at as "expiresAt"`;

/** Invitations of staff: each used once, by whoever has its link. */
export class ActivationRepository extends Repository {
  async insert(a: Omit<Activation, 'approvedBy'>): Promise<void> {
    await this.affected(
      `insert into auth.activations (id, user_id, contact, address_hash, roles, token_digest, invited_by, created_at, expires_at)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        ...[a.id, a.userId, a.contact, a.addressHash, [...a.roles], a.tokenDigest, a.invitedBy],
        ...[a.createdAt, a.expiresAt],
      ],
    );
  }

  /** An invitation of staff, however far it has come. */
  findInvitation(id: string): Promise<Activation | undefined> {
    return this.row(`select ${columns} from auth.activations where id = ? and invited_by is not null`, [id]);
  }

  /** One whose link may still be used, by this link. */
  findUsable(link: { id: string; digest: Uint8Array }, now: Date): Promise<Activation | undefined> {
    return this.row(
      `select ${columns} from auth.activations
        where id = ? and token_digest = ? and consumed_at is null and expires_at > ?`,
      [link.id, link.digest, now],
    );
  }

  /** Uses it up; undefined when it cannot be used, or somebody was faster. */
  consume(link: { id: string; digest: Uint8Array }, now: Date): Promise<Activation | undefined> {
    return this.row(
      `update auth.activations set consumed_at = ?
        where id = ? and token_digest = ? and consumed_at is null and expires_at > ? returning ${columns}`,
      [now, link.id, link.digest, now],
    );
  }

  /**
   * How many invitations of staff are under way, and how many somebody has prepared of those that nobody has approved. Whoever
   * asks is alone with the answer until the transaction ends.
   */
  async countPending(invitedBy: UserId, now: Date): Promise<{ own: number; together: number }> {
    await this.rows(`select pg_advisory_xact_lock(hashtextextended('auth.invitations', 0))`, []);
    const sql = `select count(*) filter (where invited_by = ? and token_digest is null)::integer as own, count(*)::integer as together
      from auth.activations where invited_by is not null and consumed_at is null and expires_at > ?`;
    return (await this.row<{ own: number; together: number }>(sql, [invitedBy, now])) ?? { own: 0, together: 0 };
  }

  /** Gives a prepared one, of exactly these roles, its link; undefined when there is none, or its link has gone out. */
  send(
    id: string,
    {
      roles,
      approvedBy,
      digest,
      expiresAt,
      now,
    }: Pick<Activation, 'roles' | 'approvedBy' | 'expiresAt'> & {
      digest: Uint8Array;
      now: Date;
    },
  ): Promise<Activation | undefined> {
    return this.row(
      `update auth.activations set token_digest = ?, approved_by = ?, expires_at = ?
        where id = ? and roles = ?::text[] and token_digest is null and consumed_at is null and expires_at > ?
        returning ${columns}`,
      [digest, approvedBy, expiresAt, id, [...roles], now],
    );
  }

  /** Ends the links that an operator made for an address: the newest alone works. */
  async supersedeOperators(addressHash: Uint8Array, now: Date): Promise<void> {
    await this.affected(
      `update auth.activations set consumed_at = ?
        where address_hash = ? and invited_by is null and consumed_at is null and expires_at > ?`,
      [now, addressHash, now],
    );
  }

  /** Removes expired ones, at most `limit` of them, and tells which became users. */
  removeExpired(before: Date, limit: number): Promise<{ userId: UserId; activated: boolean }[]> {
    return this.rows(
      `delete from auth.activations a where a.id in
          (select id from auth.activations where expires_at < ? order by expires_at limit ? for update skip locked)
        returning a.user_id as "userId", exists (select from auth.users u where u.id = a.user_id) as activated`,
      [before, limit],
    );
  }
}

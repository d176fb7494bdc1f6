import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';

export interface Registration {
  id: string;
  /** The user it becomes when it is verified. */
  userId: UserId;
  /** Sealed. */
  contact: Uint8Array;
  addressHash: Uint8Array;
  passwordHash: string;
  codeHash: Uint8Array | null;
  linkDigest: Uint8Array | null;
  attempts: number;
  locale: string | null;
  acceptedTerms: string;
  createdAt: Date;
  codeExpiresAt: Date;
  expiresAt: Date;
}

const columns = `id, user_id as "userId", contact, address_hash as "addressHash", password_hash as "passwordHash",
  code_hash as "codeHash", link_digest as "linkDigest", attempts, locale, accepted_terms as "acceptedTerms",
  created_at as "createdAt", code_expires_at as "codeExpiresAt", expires_at as "expiresAt"`;

/** Registrations, and the wrong codes counted by address and day. */
export class RegistrationRepository extends Repository {
  async insert(registration: Omit<Registration, 'attempts'>): Promise<void> {
    const r = registration;
    await this.affected(
      `insert into auth.registrations (id, user_id, contact, address_hash, password_hash, code_hash, link_digest, locale,
        accepted_terms, created_at, code_expires_at, expires_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        ...[r.id, r.userId, r.contact, r.addressHash, r.passwordHash, r.codeHash, r.linkDigest, r.locale],
        ...[r.acceptedTerms, r.createdAt, r.codeExpiresAt, r.expiresAt],
      ],
    );
  }

  /** A registration that has not expired, closed ones included. */
  find(id: string, now: Date): Promise<Registration | undefined> {
    return this.row(`select ${columns} from auth.registrations where id = ? and expires_at > ?`, [id, now]);
  }

  /** Counts one try of an open registration that has tries left, and holds its row until the transaction ends. */
  claimAttempt(id: string, attemptsMax: number, now: Date): Promise<Registration | undefined> {
    return this.row(
      `update auth.registrations set attempts = attempts + 1
        where id = ? and attempts < ? and closed_at is null and expires_at > ? returning ${columns}`,
      [id, attemptsMax, now],
    );
  }

  async close(id: string, now: Date): Promise<void> {
    await this.affected('update auth.registrations set closed_at = ? where id = ?', [now, id]);
  }

  /** Ends every open registration of an address. */
  async closeOthers(addressHash: Uint8Array, now: Date): Promise<void> {
    const sql = 'update auth.registrations set closed_at = ? where address_hash = ? and closed_at is null';
    await this.affected(sql, [now, addressHash]);
  }

  /** Makes the codes of an address useless; a resend brings a link instead. */
  async dropCodes(addressHash: Uint8Array): Promise<void> {
    const sql = 'update auth.registrations set code_hash = null where address_hash = ? and closed_at is null';
    await this.affected(sql, [addressHash]);
  }

  async replaceProof(
    id: string,
    proof: { codeHash: Uint8Array | null; linkDigest: Uint8Array | null; expiresAt: Date },
  ): Promise<void> {
    await this.affected(
      'update auth.registrations set code_hash = ?, link_digest = ?, code_expires_at = ? where id = ?',
      [proof.codeHash, proof.linkDigest, proof.expiresAt, id],
    );
  }

  /** Wrong codes of an address on a day, without waiting for anybody. */
  async failuresOn(addressHash: Uint8Array, day: string): Promise<number> {
    const sql = 'select failures from auth.address_failures where address_hash = ? and day = ?';
    return (await this.row<{ failures: number }>(sql, [addressHash, day]))?.failures ?? 0;
  }

  /** The same, holding the counter until the transaction ends: others who verify for this address wait. */
  async lockFailures(addressHash: Uint8Array, day: string): Promise<number> {
    const locked = await this.row<{ failures: number }>(
      `insert into auth.address_failures as f (address_hash, day, failures) values (?, ?, 0)
        on conflict on constraint address_failures_pkey do update set failures = f.failures returning failures`,
      [addressHash, day],
    );
    return locked?.failures ?? 0;
  }

  async countFailure(addressHash: Uint8Array, day: string): Promise<void> {
    const sql = 'update auth.address_failures set failures = failures + 1 where address_hash = ? and day = ?';
    await this.affected(sql, [addressHash, day]);
  }

  /** Removes expired registrations, at most `limit` of them, and tells which became users. */
  removeExpired(before: Date, limit: number): Promise<{ userId: UserId; verified: boolean }[]> {
    return this.rows(
      `delete from auth.registrations r where r.id in
          (select id from auth.registrations where expires_at < ? order by expires_at limit ? for update skip locked)
        returning r.user_id as "userId", exists (select from auth.users u where u.id = r.user_id) as verified`,
      [before, limit],
    );
  }
}

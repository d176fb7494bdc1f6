import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';

export type IdentifierKind = 'email' | 'phone';

/** One blind index value of an address. */
export interface Digest {
  keyId: string;
  digest: Uint8Array;
}

interface Claim {
  kind: IdentifierKind;
  userId: UserId;
  digests: readonly Digest[];
  at: Date;
}

/** Which user an address names, by its keyed digests. */
export class IdentifierRepository extends Repository {
  async ownerOf(kind: IdentifierKind, digests: readonly Digest[]): Promise<UserId | undefined> {
    const found = await this.row<{ userId: UserId }>(
      `select i.user_id as "userId" from auth.identifiers i
        join unnest(?::text[], ?::bytea[]) as asked (key_id, digest) on asked.key_id = i.key_id and asked.digest = i.digest
        where i.kind = ? limit 1`,
      [digests.map((one) => one.keyId), digests.map((one) => one.digest), kind],
    );
    return found?.userId;
  }

  /**
   * Gives a user another address of a kind in place of the one before, under every live key. False when any of the values is
   * somebody else's: then nothing changes.
   */
  async replace({ kind, userId, digests, at }: Claim): Promise<boolean> {
    const asked = [digests.map((one) => one.keyId), digests.map((one) => one.digest)];
    const isAsked = `(i.key_id, i.digest) in (select * from unnest(?::text[], ?::bytea[]))`;
    await this.affected(
      `insert into auth.identifiers (kind, key_id, digest, user_id, created_at)
        select ?, asked.key_id, asked.digest, ?, ? from unnest(?::text[], ?::bytea[]) as asked (key_id, digest)
        on conflict on constraint identifiers_pkey do nothing`,
      [kind, userId, at, ...asked],
    );
    const held = await this.rows(`select 1 from auth.identifiers i where i.kind = ? and i.user_id = ? and ${isAsked}`, [
      kind,
      userId,
      ...asked,
    ]);
    const isHis = held.length === digests.length;
    await this.affected(
      `delete from auth.identifiers i where i.kind = ? and i.user_id = ? and ${isHis ? 'not ' : ''}${isAsked}`,
      [kind, userId, ...asked],
    );
    return isHis;
  }

  /** Gives an address to a user under every live key, or to nobody: false when any of the values is taken. */
  async claim({ kind, userId, digests, at }: Claim): Promise<boolean> {
    const inserted = await this.affected(
      `insert into auth.identifiers (kind, key_id, digest, user_id, created_at)
        select ?, asked.key_id, asked.digest, ?, ? from unnest(?::text[], ?::bytea[]) as asked (key_id, digest)
        on conflict on constraint identifiers_pkey do nothing`,
      [kind, userId, at, digests.map((one) => one.keyId), digests.map((one) => one.digest)],
    );
    if (inserted === digests.length) return true;
    await this.affected('delete from auth.identifiers where kind = ? and user_id = ?', [kind, userId]);
    return false;
  }
}

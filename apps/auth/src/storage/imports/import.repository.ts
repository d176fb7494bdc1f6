import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { Digest, IdentifierKind } from '#storage/users/identifier.repository.ts';

/** Digests that somebody wants, under every live key, or has. */
export interface Wanted {
  readonly userId: UserId;
  readonly digests: readonly Digest[];
}

/** A user as written among many. */
export interface NewImportedUser {
  readonly id: UserId;
  readonly locked: boolean;
  /** Sealed. */
  readonly contact: Uint8Array;
  readonly emailVerifiedAt: Date | null;
  readonly phoneVerifiedAt: Date | null;
  readonly locale: string | null;
  readonly acceptedTerms: string | null;
  readonly createdAt: Date;
  readonly passwordHash: string | undefined;
}

/** Users by the hundred, with one statement for all of them. */
export class ImportRepository extends Repository {
  /** Which of these lines were imported before: user ids by the hexadecimal digest. */
  async findImported(digests: readonly Digest[]): Promise<ReadonlyMap<string, UserId>> {
    const found = await this.rows<{ digest: Buffer; userId: UserId }>(
      `select i.digest, i.user_id as "userId" from auth.imported_users i
        join unnest(?::text[], ?::bytea[]) as asked (key_id, digest) on asked.key_id = i.key_id and asked.digest = i.digest`,
      [digests.map(({ keyId }) => keyId), digests.map(({ digest }) => digest)],
    );
    return new Map(found.map(({ digest, userId }) => [digest.toString('hex'), userId]));
  }

  /** Which of these addresses are users' already, as hexadecimal digests. */
  async findTaken(kind: IdentifierKind, digests: readonly Digest[]): Promise<ReadonlySet<string>> {
    const found = await this.rows<{ digest: Buffer }>(
      `select i.digest from auth.identifiers i
        join unnest(?::text[], ?::bytea[]) as asked (key_id, digest) on asked.key_id = i.key_id and asked.digest = i.digest
        where i.kind = ?`,
      [digests.map(({ keyId }) => keyId), digests.map(({ digest }) => digest), kind],
    );
    return new Set(found.map(({ digest }) => digest.toString('hex')));
  }

  /** Notes lines as imported. Of several at once who note the same one succeeds: gives the users whose line is noted now. */
  claimLines(wanted: readonly Wanted[], at: Date): Promise<ReadonlySet<UserId>> {
    return this.#claim(wanted, ({ keyIds, digests, userIds }) =>
      this.rows(
        `insert into auth.imported_users (key_id, digest, user_id, imported_at)
          select key_id, digest, user_id, ? from unnest(?::text[], ?::bytea[], ?::uuid[]) as asked (key_id, digest, user_id)
          on conflict on constraint imported_users_pkey do nothing returning user_id as "userId"`,
        [at, keyIds, digests, userIds],
      ),
    );
  }

  /** Gives addresses to users. Gives those who got theirs under every key. */
  claimAddresses(kind: IdentifierKind, wanted: readonly Wanted[], at: Date): Promise<ReadonlySet<UserId>> {
    return this.#claim(wanted, ({ keyIds, digests, userIds }) =>
      this.rows(
        `insert into auth.identifiers (kind, key_id, digest, user_id, created_at)
          select ?, key_id, digest, user_id, ? from unnest(?::text[], ?::bytea[], ?::uuid[]) as asked (key_id, digest, user_id)
          on conflict on constraint identifiers_pkey do nothing returning user_id as "userId"`,
        [kind, at, keyIds, digests, userIds],
      ),
    );
  }

  /** Takes back what was claimed for users who will not be. */
  async release(userIds: readonly UserId[]): Promise<void> {
    if (userIds.length === 0) return;
    await this.affected('delete from auth.identifiers where user_id = any (?)', [[...userIds]]);
    await this.affected('delete from auth.imported_users where user_id = any (?)', [[...userIds]]);
  }

  async insertUsers(users: readonly NewImportedUser[], at: Date): Promise<void> {
    const column = <T>(of: (user: NewImportedUser) => T): T[] => users.map(of);
    await this.affected(
      `insert into auth.users (id, status, roles, contact, email_verified_at, phone_verified_at, locale, accepted_terms,
          version, created_at, updated_at)
        select id, case when locked then 'locked' else 'active' end, array['customer'], contact, email_verified_at,
            phone_verified_at, locale, accepted_terms, case when locked then 2 else 1 end, created_at, ?
          from unnest(?::uuid[], ?::boolean[], ?::bytea[], ?::timestamptz[], ?::timestamptz[], ?::text[], ?::text[],
            ?::timestamptz[]) as u (id, locked, contact, email_verified_at, phone_verified_at, locale, accepted_terms,
            created_at)`,
      [
        at,
        ...[column(({ id }) => id), column(({ locked }) => locked), column(({ contact }) => contact)],
        ...[column(({ emailVerifiedAt }) => emailVerifiedAt), column(({ phoneVerifiedAt }) => phoneVerifiedAt)],
        ...[column(({ locale }) => locale), column(({ acceptedTerms }) => acceptedTerms)],
        column(({ createdAt }) => createdAt),
      ],
    );
    const hashed = users.flatMap(({ id, passwordHash }) => (passwordHash === undefined ? [] : [{ id, passwordHash }]));
    if (hashed.length === 0) return;
    await this.affected(
      `insert into auth.credentials (user_id, password_hash, changed_at)
        select user_id, password_hash, ? from unnest(?::uuid[], ?::text[]) as c (user_id, password_hash)`,
      [at, hashed.map(({ id }) => id), hashed.map(({ passwordHash }) => passwordHash)],
    );
  }

  /** In one order for everybody, so that two who want the same wait for each other and never both ways round. */
  async #claim(
    wanted: readonly Wanted[],
    insert: (rows: { keyIds: string[]; digests: Uint8Array[]; userIds: UserId[] }) => Promise<{ userId: UserId }[]>,
  ): Promise<ReadonlySet<UserId>> {
    const rows = wanted
      .flatMap(({ userId, digests }) => digests.map(({ keyId, digest }) => ({ userId, keyId, digest })))
      .sort((a, b) => Buffer.compare(a.digest, b.digest));
    if (rows.length === 0) return new Set();
    const inserted = await insert({
      keyIds: rows.map(({ keyId }) => keyId),
      digests: rows.map(({ digest }) => digest),
      userIds: rows.map(({ userId }) => userId),
    });
    const counts = new Map<UserId, number>();
    for (const { userId } of inserted) counts.set(userId, (counts.get(userId) ?? 0) + 1);
    return new Set(
      wanted.filter(({ userId, digests }) => counts.get(userId) === digests.length).map((one) => one.userId),
    );
  }
}

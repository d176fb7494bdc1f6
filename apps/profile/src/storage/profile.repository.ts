import { DataKeyMissing, type PiiVault, Repository, type SealedPlace } from '@bank/database';
import { DomainError, type UserId } from '@bank/domain';
import { SealBroken } from '@bank/security';
import type { EntityManager } from '@mikro-orm/postgresql';
import {
  emptyIdentity,
  emptyParticulars,
  type Identity,
  type Particulars,
  type Profile,
  type ProfileRow,
} from '#storage/profile.entity.ts';

const columns = `user_id as "userId", version, identity, particulars, created_at as "createdAt", updated_at as "updatedAt"`;

/** Until somebody has looked into a record that does not open: it does not heal by itself. */
const repairSeconds = 3600;

/** Profiles, opened on the way out and sealed on the way in. */
export class ProfileRepository extends Repository {
  readonly #vault: PiiVault;

  constructor(em: EntityManager, vault: PiiVault) {
    super(em);
    this.#vault = vault;
  }

  /** Creates an empty profile and the user's data keys; tells whether there was none before. */
  async create(userId: UserId, at: Date): Promise<boolean> {
    await this.#vault.createKeys(this.em, userId);
    const created = await this.affected(
      `insert into profile.profiles (user_id, version, created_at, updated_at) values (?, 1, ?, ?) on conflict (user_id) do nothing`,
      [userId, at, at],
    );
    return created === 1;
  }

  /** The user's profile, if there is one. @throws profile.unreadable */
  async find(userId: UserId): Promise<Profile | undefined> {
    const row = await this.row<ProfileRow>(`select ${columns} from profile.profiles where user_id = ?`, [userId]);
    return row === undefined ? undefined : this.#open(row);
  }

  /** The profiles of those users who have one. @throws profile.unreadable */
  async findMany(userIds: readonly UserId[]): Promise<Profile[]> {
    const rows = await this.rows<ProfileRow>(`select ${columns} from profile.profiles where user_id = any(?::uuid[])`, [
      userIds,
    ]);
    await this.#vault.loadKeys(
      this.em,
      rows.map((row) => row.userId),
    );
    return Promise.all(rows.map((row) => this.#open(row)));
  }

  /** Replaces both groups if the profile still has this version; gives the new version, or nothing when it has moved on. */
  async replace(
    userId: UserId,
    version: number,
    groups: { identity: Identity; particulars: Particulars },
    at: Date,
  ): Promise<number | undefined> {
    const row = await this.row<{ version: number }>(
      `update profile.profiles set identity = ?, particulars = ?, version = version + 1, updated_at = ?
       where user_id = ? and version = ? returning version`,
      [
        await this.#vault.seal(this.em, identityOf(userId), groups.identity),
        await this.#vault.seal(this.em, particularsOf(userId), groups.particulars),
        at,
        userId,
        version,
      ],
    );
    return row?.version;
  }

  async #open(row: ProfileRow): Promise<Profile> {
    const userId = row.userId as UserId;
    return {
      ...((await this.#openGroup(identityOf(userId), row.identity)) ?? emptyIdentity),
      ...((await this.#openGroup(particularsOf(userId), row.particulars)) ?? emptyParticulars),
      userId,
      version: row.version,
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
    } as Profile;
  }

  /** Nothing for a group that was never written, and for one whose key was destroyed: what it held is erased. */
  async #openGroup(place: SealedPlace, sealed: Uint8Array | null | undefined): Promise<object | undefined> {
    if (sealed == null) return undefined;
    try {
      return await this.#vault.open(this.em, place, sealed);
    } catch (cause) {
      if (cause instanceof DataKeyMissing) return undefined;
      if (!(cause instanceof SealBroken)) throw cause;
      const reason = `${place.group} does not open: damaged, or moved from another row (SR-84)`;
      throw new DomainError('profile.unreadable', { reason, details: { retryAfterSeconds: repairSeconds }, cause });
    }
  }
}

function identityOf(userId: UserId): SealedPlace {
  return { userId, table: 'profiles', group: 'identity', keyClass: 'retained' };
}

function particularsOf(userId: UserId): SealedPlace {
  return { userId, table: 'profiles', group: 'particulars', keyClass: 'erasable' };
}

import { type PiiVault, Repository, type SealedPlace } from '@bank/database';
import type { UserId } from '@bank/domain';
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
      `insert into profile.profiles (user_id, created_at, updated_at) values (?, ?, ?) on conflict (user_id) do nothing`,
      [userId, at, at],
    );
    return created === 1;
  }

  /** One profile; `lock` holds its row until the transaction ends. */
  async find(userId: UserId, options: { lock?: boolean } = {}): Promise<Profile | undefined> {
    const row = await this.row<ProfileRow>(
      `select ${columns} from profile.profiles where user_id = ? ${options.lock === true ? 'for update' : ''}`,
      [userId],
    );
    return row === undefined ? undefined : this.#open(row);
  }

  /** Those of the users who have a profile. */
  async findMany(userIds: readonly UserId[]): Promise<Profile[]> {
    const rows = await this.rows<ProfileRow>(`select ${columns} from profile.profiles where user_id = any(?::uuid[])`, [
      userIds,
    ]);
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

  async #openGroup(place: SealedPlace, sealed: Uint8Array | null | undefined): Promise<object | undefined> {
    return sealed == null ? undefined : this.#vault.open(this.em, place, sealed);
  }
}

function identityOf(userId: UserId): SealedPlace {
  return { userId, table: 'profiles', group: 'identity', keyClass: 'retained' };
}

function particularsOf(userId: UserId): SealedPlace {
  return { userId, table: 'profiles', group: 'particulars', keyClass: 'erasable' };
}

import { isDeepStrictEqual } from 'node:util';
import { DataKeyMissing, holdUser, type PiiVault, Repository, type SealedPlace } from '@bank/database';
import { DomainError, type JsonObject, type UserId } from '@bank/domain';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Profile, ProfileRow } from '#storage/profile.entity.ts';
import {
  emptyFields,
  fieldsOf,
  type GroupName,
  groupNames,
  type ProfileFields,
  profileGroups,
} from '#storage/profile-groups.ts';
import type { NameIndex } from '#storage/search/name-index.ts';
import { unreadable } from '#storage/unreadable.ts';

const columns = columnsWith(groupNames);

/** Profiles, opened on the way out and sealed on the way in. */
export class ProfileRepository extends Repository {
  readonly #vault: PiiVault;
  readonly #names: NameIndex;

  constructor(em: EntityManager, vault: PiiVault, names: NameIndex) {
    super(em);
    this.#vault = vault;
    this.#names = names;
  }

  /** Creates an empty profile and the user's data keys; tells whether there was none before. */
  async create(userId: UserId, at: Date): Promise<boolean> {
    await this.#vault.createKeys(this.em, userId);
    const created = await this.affected(
      `insert into profile.profiles (user_id, version, created_at, updated_at, search_version, search_scheme)
       values (?, 1, ?, ?, 1, ?) on conflict (user_id) do nothing`,
      [userId, at, at, this.#names.scheme()],
    );
    return created === 1;
  }

  /** The user's profile, if there is one. @throws profile.unreadable */
  async find(userId: UserId): Promise<Profile | undefined> {
    const row = await this.row<ProfileRow>(`select ${columns} from profile.profiles where user_id = ?`, [userId]);
    return row === undefined ? undefined : this.#open(row);
  }

  /** The same, held against every change until the transaction ends. @throws profile.unreadable */
  async lock(userId: UserId): Promise<Profile | undefined> {
    const sql = `select ${columns} from profile.profiles where user_id = ? for update`;
    const row = await this.row<ProfileRow>(sql, [userId]);
    return row === undefined ? undefined : this.#open(row);
  }

  /**
   * The profiles of those users who have one, as far as they hold these fields: other groups stay closed, and are as if nothing
   * were known. One query for all, and one for the keys of those not met lately. @throws profile.unreadable
   */
  async findMany(userIds: readonly UserId[], fields: ReadonlySet<string>): Promise<Profile[]> {
    const groups = groupNames.filter((name) => fieldsOf(name).some((field) => fields.has(field)));
    const sql = `select ${columnsWith(groups)} from profile.profiles where user_id = any(?::uuid[])`;
    const rows = await this.rows<ProfileRow>(sql, [userIds]);
    const sealedOf = groups.length === 0 ? [] : rows.map(({ userId }) => userId);
    await this.#vault.loadKeys(this.em, sealedOf);
    return Promise.all(rows.map((row) => this.#open(row, groups)));
  }

  /** Those of the profiles that open, the latest user first, and whose do not. Locking waits for nobody: what another has is left out. */
  async findReadable(
    userIds: readonly UserId[],
    { lock = false } = {},
  ): Promise<{ profiles: Profile[]; unreadable: UserId[] }> {
    const rows = await this.rows<ProfileRow>(
      `select ${columns} from profile.profiles where user_id = any(?::uuid[]) order by user_id desc
        ${lock ? 'for update skip locked' : ''}`,
      [userIds],
    );
    await this.#vault.loadKeys(
      this.em,
      rows.map(({ userId }) => userId),
    );
    const opened = await Promise.allSettled(rows.map((row) => this.#open(row)));
    const broken = opened.flatMap((outcome, index) => {
      if (outcome.status === 'fulfilled') return [];
      if (!(outcome.reason instanceof DomainError) || outcome.reason.code !== 'profile.unreadable')
        throw outcome.reason;
      return [rows[index]?.userId as UserId];
    });
    return {
      profiles: opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])),
      unreadable: broken,
    };
  }

  /**
   * Writes the groups in which `after` differs, and what finds the person, if the profile still has the version it was read with;
   * gives the new version, or nothing when it has moved on or the person has been erased. At least one field must differ.
   */
  async replace(before: Profile, after: ProfileFields, at: Date): Promise<number | undefined> {
    const { userId, version } = before;
    // An erasure takes away what the user is found by: nothing may be written after it.
    if (!(await holdUser(this.em, 'profile', userId))) return undefined;
    const changed = groupNames.filter((name) => fieldsOf(name).some((field) => differs(before, after, field)));
    const sealed = await Promise.all(changed.map((name) => this.#seal(userId, name, after)));
    const row = await this.row<{ version: number }>(
      `update profile.profiles set ${changed.map((name) => `${name} = ?, `).join('')}version = version + 1, updated_at = ?,
              search_version = version + 1, search_scheme = ?
       where user_id = ? and version = ? returning version`,
      [...sealed, at, this.#names.scheme(), userId, version],
    );
    if (row !== undefined) await this.#names.write(this.em, userId, after);
    return row?.version;
  }

  /**
   * From here on names, date of birth, nationality and residence change by a change request alone: what was verified stays
   * what was verified. The version rises, so a change that was begun before is refused. For the transaction that approves;
   * whoever verifies something over a longer time locks at the beginning, or compares what was verified with what is there.
   * Gives the new version, or nothing where it was locked already or there is no profile.
   */
  async lockIdentity(userId: UserId, at: Date): Promise<number | undefined> {
    const sql = `update profile.profiles set identity_locked_at = ?, version = version + 1, updated_at = ?
       where user_id = ? and identity_locked_at is null returning version`;
    return (await this.row<{ version: number }>(sql, [at, at, userId]))?.version;
  }

  async exists(userId: UserId): Promise<boolean> {
    return (await this.row('select 1 from profile.profiles where user_id = ?', [userId])) !== undefined;
  }

  /** Something that belongs to the profile changed; gives the new version, or nothing when there is no profile. */
  async touch(userId: UserId, at: Date): Promise<number | undefined> {
    const sql = 'update profile.profiles set version = version + 1, updated_at = ? where user_id = ? returning version';
    return (await this.row<{ version: number }>(sql, [at, userId]))?.version;
  }

  /**
   * From here on users change these fields themselves again, without a request. Gives the new version, or nothing where they
   * could already or there is no profile.
   */
  async unlockIdentity(userId: UserId, at: Date): Promise<number | undefined> {
    const sql = `update profile.profiles set identity_locked_at = null, version = version + 1, updated_at = ?
       where user_id = ? and identity_locked_at is not null returning version`;
    return (await this.row<{ version: number }>(sql, [at, userId]))?.version;
  }

  async #open(row: ProfileRow, names = groupNames): Promise<Profile> {
    const { userId: id, version, identityLockedAt, createdAt, updatedAt } = row;
    const userId = id as UserId;
    const groups: object[] = [];
    // One after the other: the first one fetches the user's keys for all.
    for (const name of names) groups.push(await this.#openGroup(userId, name, row[name]));
    return Object.assign({}, emptyFields, ...groups, {
      userId,
      version,
      identityLockedAt,
      createdAt,
      updatedAt,
    }) as Profile;
  }

  /** What is missing in a record is unknown: so is a group that was never written, or whose key was destroyed. */
  async #openGroup(userId: UserId, name: GroupName, sealed: Uint8Array | null | undefined): Promise<object> {
    const { empty } = profileGroups[name];
    if (sealed == null) return empty;
    try {
      return { ...empty, ...(await this.#vault.open(this.em, placeOf(userId, name), sealed)) };
    } catch (cause) {
      if (cause instanceof DataKeyMissing) return empty;
      throw unreadable(name, cause);
    }
  }

  #seal(userId: UserId, name: GroupName, fields: ProfileFields): Promise<Buffer> {
    const group = Object.fromEntries(fieldsOf(name).map((field) => [field, fields[field]])) as JsonObject;
    return this.#vault.seal(this.em, placeOf(userId, name), group);
  }
}

function differs(before: ProfileFields, after: ProfileFields, field: keyof ProfileFields): boolean {
  return !isDeepStrictEqual(before[field], after[field]);
}

function columnsWith(groups: readonly GroupName[]): string {
  const sealed = groups.map((name) => `${name}, `).join('');
  return `user_id as "userId", version, ${sealed}identity_locked_at as "identityLockedAt", created_at as "createdAt",
    updated_at as "updatedAt"`;
}

function placeOf(userId: UserId, group: GroupName): SealedPlace {
  return { userId, table: 'profiles', group, keyClass: profileGroups[group].keyClass };
}

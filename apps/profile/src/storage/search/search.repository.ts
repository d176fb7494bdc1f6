import { Repository, type TokenPage } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { NameIndex } from '#storage/search/name-index.ts';
import type { Findable, Wanted } from '#storage/search/search-terms.ts';

/** A profile that the index is behind of, and where the list goes on after it. */
export interface Unindexed {
  readonly userId: UserId;
  readonly scheme: string;
}

/**
 * The lists of profiles that are to be indexed, each read by an index that holds hardly more than them: changed by a process that
 * does not know of the index, and indexed under another scheme.
 */
export const unindexedLists = ['changed', 'lower scheme', 'higher scheme'] as const;
export type UnindexedList = (typeof unindexedLists)[number];

const listed = `select user_id as "userId", coalesce(search_scheme, '') as scheme from profile.profiles`;
const lists: Readonly<Record<UnindexedList, string>> = {
  changed: `${listed} where search_version is distinct from version and user_id > ?::uuid order by user_id limit ?`,
  'lower scheme': `${listed} where search_scheme < ? and (search_scheme, user_id) > (?, ?::uuid)
    order by search_scheme, user_id limit ?`,
  'higher scheme': `${listed} where search_scheme > ? and (search_scheme, user_id) > (?, ?::uuid)
    order by search_scheme, user_id limit ?`,
};
const beginning: Unindexed = { userId: '00000000-0000-0000-0000-000000000000' as UserId, scheme: '' };

/** Who is found by what, and whom the index is behind of. */
export class SearchRepository extends Repository {
  readonly #names: NameIndex;

  constructor(em: EntityManager, names: NameIndex) {
    super(em);
    this.#names = names;
  }

  find(wanted: Wanted, page: { before?: string | undefined; limit: number }): Promise<TokenPage> {
    return this.#names.find(this.em, wanted, page);
  }

  /** The next profiles of a list after one of it. */
  unindexed(list: UnindexedList, limit: number, after: Unindexed = beginning): Promise<Unindexed[]> {
    const from = list === 'changed' ? [after.userId] : [this.#names.scheme(), after.scheme, after.userId];
    return this.rows(lists[list], [...from, limit]);
  }

  /** Indexes a profile whose row the transaction has locked, as it is in this version. */
  async index(userId: UserId, version: number, person: Findable): Promise<void> {
    await this.#names.write(this.em, userId, person);
    await this.affected('update profile.profiles set search_version = ?, search_scheme = ? where user_id = ?', [
      version,
      this.#names.scheme(),
      userId,
    ]);
  }
}

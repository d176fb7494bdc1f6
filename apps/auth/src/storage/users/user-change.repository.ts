import { Repository } from '@bank/database';
import type { Role, UserId, UserState } from '@bank/domain';

/** A user as others may know them, at one of the versions. */
export interface UserVersion {
  userId: UserId;
  version: number;
  status: UserState;
  roles: readonly Role[];
  emailVerified: boolean;
  phoneVerified: boolean;
  createdAt: Date;
}

export interface UserChange extends UserVersion {
  /** Its place among all changes, without gaps, from 1. */
  number: number;
  changedAt: Date;
}

const columns = `number, user_id as "userId", version, status, roles, email_verified as "emailVerified",
  phone_verified as "phoneVerified", registered_at as "createdAt", changed_at as "changedAt"`;

/** What the triggers on users note, and the counter that numbers it. */
export class UserChangeRepository extends Repository {
  /** Holds the counter until the transaction ends: what is numbered under it is committed before anything after it is. */
  async holdCounter(): Promise<number> {
    const row = await this.row<{ number: number }>(
      `select number from auth.user_change_counter where name = 'users' for update`,
    );
    if (row === undefined) throw new Error('the counter of user changes is gone');
    return row.number;
  }

  /**
   * Numbers changes that are committed, at most `limit`, and answers how many. The caller holds the counter, by a statement
   * before this one. Of one user the lower version comes first, in every batch.
   */
  number(limit: number): Promise<number> {
    return this.affected(
      `with fresh as (
          select user_id, version, row_number() over (order by version, user_id) as place
            from (select user_id, version from auth.user_changes where number is null
              order by version, user_id limit ?) as unnumbered),
        counted as (
          update auth.user_change_counter set number = number + (select count(*) from fresh)
            where name = 'users' returning number - (select count(*) from fresh) as base)
        update auth.user_changes c set number = counted.base + fresh.place
          from fresh, counted where c.user_id = fresh.user_id and c.version = fresh.version`,
      [limit],
    );
  }

  /** Where the numbers stand. */
  async last(): Promise<number> {
    const row = await this.row<{ number: number }>(`select number from auth.user_change_counter where name = 'users'`);
    return row?.number ?? 0;
  }

  /** Numbered changes after a number, in rising order. */
  after(number: number, limit: number): Promise<UserChange[]> {
    return this.rows(`select ${columns} from auth.user_changes where number > ? order by number limit ?`, [
      number,
      limit,
    ]);
  }

  /** Whether that number is still kept, and still that version of that user: not so after a restore of an older copy. */
  async isKept({ number, userId, version }: Pick<UserChange, 'number' | 'userId' | 'version'>): Promise<boolean> {
    const sql = 'select 1 from auth.user_changes where number = ? and user_id = ? and version = ?';
    return (await this.rows(sql, [number, userId, version])).length === 1;
  }

  /** Everybody, as they are now, in the order of ids. */
  page(after: UserId | undefined, limit: number): Promise<UserVersion[]> {
    return this.rows(
      `select id as "userId", version, status, roles, email_verified_at is not null as "emailVerified",
          phone_verified_at is not null as "phoneVerified", created_at as "createdAt"
        from auth.users where id > ? order by id limit ?`,
      [after ?? '00000000-0000-0000-0000-000000000000', limit],
    );
  }
}

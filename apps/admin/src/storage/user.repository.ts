import { Repository } from '@bank/database';
import type { Role, UserId, UserState } from '@bank/domain';
import type { ProjectedUser } from '#storage/user.entity.ts';

const columns = 'user_id as "userId", status, roles';

/** The projection of users. What is told arrives in no promised order: the version decides, and an older one is ignored. */
export class UserRepository extends Repository {
  /** Notes that a user is active, with the roles they began with; noting it again changes nothing. */
  async noteActivated(userId: UserId, roles: readonly Role[], activatedAt: Date): Promise<void> {
    await this.affected(
      `insert into admin.users as u (user_id, status, status_version, roles, roles_version, activated_at)
         values (?, 'active', 1, ?::text[], 1, ?)
       on conflict (user_id) do update set
         status_version = greatest(u.status_version, 1),
         roles = case when u.roles_version = 0 then excluded.roles else u.roles end,
         roles_version = greatest(u.roles_version, 1),
         activated_at = coalesce(u.activated_at, excluded.activated_at)`,
      [userId, [...roles], activatedAt],
    );
  }

  async noteStatus(userId: UserId, status: UserState, version: number): Promise<void> {
    await this.affected(
      `insert into admin.users as u (user_id, status, status_version, roles, roles_version) values (?, ?, ?, '{}', 0)
       on conflict (user_id) do update set status = excluded.status, status_version = excluded.status_version
         where u.status_version < excluded.status_version`,
      [userId, status, version],
    );
  }

  async noteRoles(userId: UserId, roles: readonly Role[], version: number): Promise<void> {
    await this.affected(
      `insert into admin.users as u (user_id, status, status_version, roles, roles_version)
         values (?, 'active', 0, ?::text[], ?)
       on conflict (user_id) do update set roles = excluded.roles, roles_version = excluded.roles_version
         where u.roles_version < excluded.roles_version`,
      [userId, [...roles], version],
    );
  }

  find(userId: UserId): Promise<ProjectedUser | undefined> {
    return this.row(`select ${columns} from admin.users where user_id = ?`, [userId]);
  }

  /** Those of the users who are known, in no promised order. */
  findMany(userIds: readonly string[]): Promise<ProjectedUser[]> {
    return this.rows(`select ${columns} from admin.users where user_id = any(?::uuid[])`, [userIds]);
  }

  /** Users of a status, the latest registered first, after the one the page before ended with. */
  ofStatus(status: UserState, page: { before: string | undefined; limit: number }): Promise<ProjectedUser[]> {
    const { before, limit } = page;
    return before === undefined
      ? this.rows(`select ${columns} from admin.users where status = ? order by user_id desc limit ?`, [status, limit])
      : this.rows(`select ${columns} from admin.users where status = ? and user_id < ? order by user_id desc limit ?`, [
          status,
          before,
          limit,
        ]);
  }
}

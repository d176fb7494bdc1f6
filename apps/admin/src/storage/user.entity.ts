import type { Role, UserId, UserState } from '@bank/domain';
import { defineEntity, p } from '@mikro-orm/postgresql';

/**
 * What staff may see of a user at a glance, without personal data. Each of the two versions is that of the user in `auth`
 * when status or roles last changed, 0 before anything told of them.
 */
export const UserEntity = defineEntity({
  name: 'User',
  tableName: 'users',
  schema: 'admin',
  properties: {
    userId: p.uuid().primary(),
    status: p.text(),
    statusVersion: p.bigint('number'),
    roles: p.array(),
    rolesVersion: p.bigint('number'),
    activatedAt: p.datetime().nullable(),
  },
  indexes: [{ name: 'users_status_index', properties: ['status', 'userId'] }],
  checks: [
    { name: 'users_status_check', expression: `status in ('active', 'locked', 'suspended', 'closed', 'erased')` },
  ],
});

/** A user of the projection. */
export interface ProjectedUser {
  readonly userId: UserId;
  readonly status: UserState;
  readonly roles: readonly Role[];
}

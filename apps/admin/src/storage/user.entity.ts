import { defineEntity, p } from '@mikro-orm/postgresql';

/** What staff may see of a user at a glance, without personal data. `version` is that of the user in `auth`. */
export const UserEntity = defineEntity({
  name: 'User',
  tableName: 'users',
  schema: 'admin',
  properties: {
    userId: p.uuid().primary(),
    status: p.text(),
    version: p.bigint('number'),
    activatedAt: p.datetime(),
  },
});

import { defineEntity, p } from '@mikro-orm/postgresql';

export const UserChangeEntity = defineEntity({
  name: 'UserChange',
  tableName: 'user_changes',
  schema: 'auth',
  properties: {
    userId: p.uuid().primary(),
    version: p.bigint('number').primary(),
    number: p.bigint('number').nullable().unique('user_changes_number_key'),
    status: p.text(),
    roles: p.array(),
    emailVerified: p.boolean(),
    phoneVerified: p.boolean(),
    registeredAt: p.datetime(),
    changedAt: p.datetime().index('user_changes_changed_at_idx'),
  },
  indexes: [{ name: 'user_changes_unnumbered_idx', properties: ['version', 'userId'], where: 'number is null' }],
});

export const UserChangeCounterEntity = defineEntity({
  name: 'UserChangeCounter',
  tableName: 'user_change_counter',
  schema: 'auth',
  properties: { name: p.text().primary(), number: p.bigint('number') },
});

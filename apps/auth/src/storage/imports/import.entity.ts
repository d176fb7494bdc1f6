import { defineEntity, p } from '@mikro-orm/postgresql';

export const ImportedUserEntity = defineEntity({
  name: 'ImportedUser',
  tableName: 'imported_users',
  schema: 'auth',
  properties: {
    keyId: p.text().primary(),
    digest: p.blob().primary(),
    userId: p.uuid().index('imported_users_user_id_idx'),
    importedAt: p.datetime(),
  },
});

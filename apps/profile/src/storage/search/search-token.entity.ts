import { defineEntity, p } from '@mikro-orm/postgresql';

/** One thing that a person is found by: a keyed digest, which nobody can read a name from. */
export const SearchTokenEntity = defineEntity({
  name: 'SearchToken',
  tableName: 'search_tokens',
  schema: 'profile',
  properties: {
    keyId: p.text().primary(),
    token: p.blob().primary(),
    ownerId: p.uuid().primary().index('search_tokens_owner_id_index'),
  },
});

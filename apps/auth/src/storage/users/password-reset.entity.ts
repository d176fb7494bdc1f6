import { defineEntity, p } from '@mikro-orm/postgresql';

export const PasswordResetEntity = defineEntity({
  name: 'PasswordReset',
  tableName: 'password_resets',
  schema: 'auth',
  properties: {
    userId: p.uuid().primary(),
    tokenId: p.uuid().unique('password_resets_token_id_key'),
    digest: p.blob(),
    tries: p.smallint().default(0),
    expiresAt: p.datetime().index('password_resets_expires_at_idx'),
  },
});

import { defineEntity, p } from '@mikro-orm/postgresql';

export const EmailReversionEntity = defineEntity({
  name: 'EmailReversion',
  tableName: 'email_reversions',
  schema: 'auth',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid().index('email_reversions_user_id_idx'),
    address: p.blob(),
    digest: p.blob(),
    expiresAt: p.datetime().index('email_reversions_expires_at_idx'),
    endedAt: p.datetime().nullable(),
  },
});

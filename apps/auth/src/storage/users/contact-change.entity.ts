import { defineEntity, p } from '@mikro-orm/postgresql';

export const ContactChangeEntity = defineEntity({
  name: 'ContactChange',
  tableName: 'contact_changes',
  schema: 'auth',
  properties: {
    userId: p.uuid().primary(),
    kind: p.text().primary(),
    id: p.uuid(),
    sessionId: p.uuid(),
    address: p.blob(),
    codeHash: p.blob(),
    attempts: p.smallint().default(0),
    sent: p.smallint().default(1),
    codeExpiresAt: p.datetime(),
    expiresAt: p.datetime().index('contact_changes_expires_at_idx'),
  },
  checks: [{ name: 'contact_changes_kind_check', expression: `kind in ('email', 'phone')` }],
});

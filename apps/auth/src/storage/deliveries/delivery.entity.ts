import { defineEntity, p } from '@mikro-orm/postgresql';

export const DeliveryEntity = defineEntity({
  name: 'Delivery',
  tableName: 'deliveries',
  schema: 'auth',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid().nullable(),
    content: p.json().nullable(),
    channel: p.text(),
    template: p.text(),
    state: p.text(),
    attempts: p.integer().default(0),
    nextAttemptAt: p.datetime().nullable(),
    provider: p.text().nullable(),
    providerMessageId: p.text().nullable(),
    refusedMessageId: p.text().nullable(),
    admitted: p.boolean().default(false),
    failure: p.text().nullable(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
    settledAt: p.datetime().nullable(),
    askAt: p.datetime().nullable(),
  },
  indexes: [
    { name: 'deliveries_due_idx', properties: ['channel', 'nextAttemptAt'], where: `state = 'pending'` },
    {
      name: 'deliveries_ask_at_idx',
      properties: ['provider', 'askAt'],
      where: `state = 'sent' and ask_at is not null`,
    },
    { name: 'deliveries_settled_at_idx', properties: ['settledAt'], where: `state <> 'pending'` },
  ],
  checks: [
    { name: 'deliveries_channel_check', expression: `channel in ('email', 'sms')` },
    {
      name: 'deliveries_state_check',
      expression: `state in ('pending', 'sent', 'delivered', 'expired', 'failed', 'undeliverable', 'suppressed')`,
    },
    { name: 'deliveries_wiped_check', expression: `state = 'pending' or content is null` },
  ],
});

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
    providerMessageId: p.text().nullable(),
    failure: p.text().nullable(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
    settledAt: p.datetime().nullable(),
  },
});

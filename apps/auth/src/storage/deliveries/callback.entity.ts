import { defineEntity, p } from '@mikro-orm/postgresql';

export const CallbackEntity = defineEntity({
  name: 'Callback',
  tableName: 'callbacks',
  schema: 'auth',
  properties: {
    provider: p.text().primary(),
    digest: p.blob().primary(),
    receivedAt: p.datetime().index('callbacks_received_at_idx'),
  },
});

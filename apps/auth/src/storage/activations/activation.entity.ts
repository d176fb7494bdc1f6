import { defineEntity, p } from '@mikro-orm/postgresql';

export const ActivationEntity = defineEntity({
  name: 'Activation',
  tableName: 'activations',
  schema: 'auth',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    contact: p.blob(),
    addressHash: p.blob(),
    roles: p.array(),
    tokenDigest: p.blob().nullable(),
    invitedBy: p.uuid().nullable(),
    approvedBy: p.uuid().nullable(),
    createdAt: p.datetime(),
    expiresAt: p.datetime().index('activations_expires_at_idx'),
    consumedAt: p.datetime().nullable(),
  },
  checks: [
    {
      name: 'activations_roles_check',
      expression: `roles <@ array['support', 'compliance', 'admin'] and roles <> '{}'`,
    },
  ],
});

import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';

/**
 * One attempt to sign in, successful or not; its id is the id of the event that told of it. A failed one has no session, and
 * a device only when it came from a known one. `risk_*` is how it looked. Partitioned by id.
 */
export const SignInEntity = defineEntity({
  name: 'SignIn',
  tableName: 'sign_ins',
  schema: 'device',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    deviceId: p.uuid().nullable(),
    sessionId: p.uuid().nullable(),
    clientId: p.text(),
    acr: p.text().nullable(),
    signedInAt: p.datetime(),
    outcome: p.text().default('succeeded'),
    reason: p.text().nullable(),
    amr: p.array().nullable(),
    riskScore: p.smallint().nullable(),
    riskReasons: p.array().nullable(),
  },
  indexes: [{ name: 'sign_ins_user_id_index', properties: ['userId', 'id'] }],
  checks: [
    { name: 'sign_ins_outcome_check', expression: `outcome in ('succeeded', 'failed')` },
    {
      name: 'sign_ins_session_check',
      expression: `outcome = 'failed' or (device_id is not null and session_id is not null and acr is not null)`,
    },
  ],
});

export type SignIn = InferEntity<typeof SignInEntity>;

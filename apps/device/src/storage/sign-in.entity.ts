import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';

/** One successful sign-in; its id is the id of the event that told of it. Partitioned by id. */
export const SignInEntity = defineEntity({
  name: 'SignIn',
  tableName: 'sign_ins',
  schema: 'device',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    deviceId: p.uuid(),
    sessionId: p.uuid(),
    clientId: p.text(),
    acr: p.text(),
    signedInAt: p.datetime(),
  },
  indexes: [{ name: 'sign_ins_user_id_index', properties: ['userId', 'id'] }],
});

export type SignIn = InferEntity<typeof SignInEntity>;

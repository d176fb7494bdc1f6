import { defineEntity, p } from '@mikro-orm/postgresql';

export const SigningKeyEntity = defineEntity({
  name: 'SigningKey',
  tableName: 'signing_keys',
  schema: 'auth',
  properties: {
    kid: p.text().primary(),
    algorithm: p.text(),
    sealedPrivate: p.blob(),
    publicJwk: p.json(),
    createdAt: p.datetime(),
    signsFrom: p.datetime().unique('signing_keys_signs_from_key'),
  },
});

export const RevocationEntity = defineEntity({
  name: 'Revocation',
  tableName: 'revocations',
  schema: 'auth',
  properties: {
    id: p.uuid().primary(),
    number: p.bigint('number').nullable().unique('revocations_number_key'),
    sessionId: p.uuid().nullable(),
    userId: p.uuid().nullable(),
    signingKeyId: p.text().nullable(),
    notBefore: p.datetime(),
    expiresAt: p.datetime().index('revocations_expires_at_idx'),
  },
  indexes: [{ name: 'revocations_unnumbered_idx', properties: ['id'], where: 'number is null' }],
  checks: [{ name: 'revocations_target_check', expression: 'num_nonnulls(session_id, user_id, signing_key_id) = 1' }],
});

export const RevocationLeaseEntity = defineEntity({
  name: 'RevocationLease',
  tableName: 'revocation_lease',
  schema: 'auth',
  properties: {
    name: p.text().primary(),
    epoch: p.bigint('number'),
    number: p.bigint('number'),
    holder: p.uuid().nullable(),
    expiresAt: p.datetime().nullable(),
  },
});

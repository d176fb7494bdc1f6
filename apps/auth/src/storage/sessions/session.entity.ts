import { defineEntity, p } from '@mikro-orm/postgresql';
import { UserEntity } from '#storage/users/user.entity.ts';

export const ClientEntity = defineEntity({
  name: 'Client',
  tableName: 'clients',
  schema: 'auth',
  properties: {
    id: p.text().primary(),
    audience: p.text(),
    tokenDelivery: p.text(),
    listener: p.text(),
    idleSeconds: p.integer(),
    absoluteSeconds: p.integer(),
    dpopPolicy: p.text().default('optional'),
    origins: p.array().default([]),
  },
  checks: [
    { name: 'clients_token_delivery_check', expression: `token_delivery in ('body', 'cookie')` },
    { name: 'clients_listener_check', expression: `listener in ('public', 'staff')` },
    { name: 'clients_dpop_policy_check', expression: `dpop_policy in ('none', 'optional', 'required')` },
    { name: 'clients_idle_seconds_check', expression: 'idle_seconds > 0' },
    { name: 'clients_absolute_seconds_check', expression: 'absolute_seconds >= idle_seconds' },
  ],
});

export const SessionEntity = defineEntity({
  name: 'Session',
  tableName: 'sessions',
  schema: 'auth',
  properties: {
    id: p.uuid().primary(),
    user: () => p.manyToOne(UserEntity).mapToPk().foreignKeyName('sessions_user_id_fkey'),
    client: () => p.manyToOne(ClientEntity).mapToPk().foreignKeyName('sessions_client_id_fkey'),
    deviceId: p.uuid(),
    acr: p.text(),
    amr: p.array(),
    authTime: p.datetime(),
    createdAt: p.datetime(),
    lastUsedAt: p.datetime(),
    idleExpiresAt: p.datetime(),
    absoluteExpiresAt: p.datetime().index('sessions_absolute_expires_at_idx'),
    revokedAt: p.datetime().nullable(),
    endReason: p.text().nullable(),
    dpopJkt: p.text().nullable(),
    origin: p.blob().nullable(),
  },
  indexes: [{ name: 'sessions_user_id_idx', properties: ['user'], where: 'revoked_at is null' }],
  checks: [{ name: 'sessions_acr_check', expression: `acr in ('aal1', 'aal2', 'aal3')` }],
});

export const RefreshTokenEntity = defineEntity({
  name: 'RefreshToken',
  tableName: 'refresh_tokens',
  schema: 'auth',
  properties: {
    id: p.uuid().primary(),
    sessionId: p.uuid(),
    generation: p.integer(),
    digest: p.blob(),
    predecessorId: p.uuid().nullable(),
    successorId: p.uuid().nullable(),
    derivationKeyId: p.text().nullable(),
    nonce: p.blob().nullable(),
    createdAt: p.datetime(),
    consumedAt: p.datetime().nullable(),
  },
  indexes: [
    { name: 'refresh_tokens_nonce_idx', properties: ['consumedAt'], where: 'nonce is not null' },
    { name: 'refresh_tokens_live_idx', properties: ['sessionId'], where: 'consumed_at is null' },
  ],
});

export const DeviceEntity = defineEntity({
  name: 'Device',
  tableName: 'devices',
  schema: 'auth',
  properties: {
    user: () => p.manyToOne(UserEntity).primary().mapToPk().foreignKeyName('devices_user_id_fkey'),
    id: p.uuid().primary(),
    secretDigest: p.blob(),
    createdAt: p.datetime(),
    lastUsedAt: p.datetime(),
    knownAt: p.datetime().nullable(),
  },
});

export const StepUpCodeEntity = defineEntity({
  name: 'StepUpCode',
  tableName: 'step_up_codes',
  schema: 'auth',
  properties: {
    sessionId: p.uuid().primary(),
    challengeId: p.uuid(),
    codeHash: p.blob(),
    attempts: p.smallint().default(0),
    sent: p.smallint().default(1),
    expiresAt: p.datetime().index('step_up_codes_expires_at_idx'),
  },
});

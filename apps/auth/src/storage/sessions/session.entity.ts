import { defineEntity, p } from '@mikro-orm/postgresql';

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
  },
});

export const SessionEntity = defineEntity({
  name: 'Session',
  tableName: 'sessions',
  schema: 'auth',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    clientId: p.text(),
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
  },
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
});

export const DeviceEntity = defineEntity({
  name: 'Device',
  tableName: 'devices',
  schema: 'auth',
  properties: {
    userId: p.uuid().primary(),
    id: p.uuid().primary(),
    secretDigest: p.blob(),
    createdAt: p.datetime(),
    lastUsedAt: p.datetime(),
    knownAt: p.datetime().nullable(),
  },
});

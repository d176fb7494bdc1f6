import { defineEntity, p } from '@mikro-orm/postgresql';

export const UserEntity = defineEntity({
  name: 'User',
  tableName: 'users',
  schema: 'auth',
  properties: {
    id: p.uuid().primary(),
    status: p.text(),
    roles: p.array(),
    contact: p.blob().nullable(),
    emailVerifiedAt: p.datetime().nullable(),
    phoneVerifiedAt: p.datetime().nullable(),
    locale: p.text().nullable(),
    acceptedTerms: p.text(),
    version: p.bigint().default(1),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});

export const CredentialEntity = defineEntity({
  name: 'Credential',
  tableName: 'credentials',
  schema: 'auth',
  properties: {
    userId: p.uuid().primary(),
    passwordHash: p.text(),
    changedAt: p.datetime(),
  },
});

export const IdentifierEntity = defineEntity({
  name: 'Identifier',
  tableName: 'identifiers',
  schema: 'auth',
  properties: {
    kind: p.text().primary(),
    keyId: p.text().primary(),
    digest: p.blob().primary(),
    userId: p.uuid().index('identifiers_user_id_idx'),
    createdAt: p.datetime(),
  },
});

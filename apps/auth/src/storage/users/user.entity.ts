import { DeferMode, defineEntity, p } from '@mikro-orm/postgresql';

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
    phoneCodesFrom: p.datetime().nullable(),
    locale: p.text().nullable(),
    localeVersion: p.bigint('number').nullable(),
    acceptedTerms: p.text().nullable(),
    cutOffAt: p.datetime().nullable(),
    statusChangedAt: p.datetime().nullable(),
    rolesChangedAt: p.datetime().nullable(),
    staffSince: p.datetime().nullable(),
    version: p.bigint('number').defaultRaw('1'),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
  indexes: [{ name: 'users_admins_idx', properties: ['id'], where: `'admin' = any (roles)` }],
  checks: [
    { name: 'users_status_check', expression: `status in ('active', 'locked', 'suspended', 'closed', 'erased')` },
  ],
});

export const CredentialEntity = defineEntity({
  name: 'Credential',
  tableName: 'credentials',
  schema: 'auth',
  properties: {
    user: () =>
      p
        .oneToOne(UserEntity)
        .primary()
        .mapToPk()
        .foreignKeyName('credentials_user_id_fkey')
        .updateRule('no action')
        .deleteRule('no action'),
    passwordHash: p.text(),
    changedAt: p.datetime(),
    compromisedAt: p.datetime().nullable(),
  },
});

export const PasswordHistoryEntity = defineEntity({
  name: 'PasswordHistory',
  tableName: 'password_history',
  schema: 'auth',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid().index('password_history_user_id_idx'),
    passwordHash: p.text(),
    replacedAt: p.datetime(),
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
    user: () =>
      p
        .manyToOne(UserEntity)
        .mapToPk()
        .index('identifiers_user_id_idx')
        .foreignKeyName('identifiers_user_id_fkey')
        .deferMode(DeferMode.INITIALLY_DEFERRED),
    createdAt: p.datetime(),
  },
  checks: [{ name: 'identifiers_kind_check', expression: `kind in ('email', 'phone')` }],
});

export const TermsAcceptanceEntity = defineEntity({
  name: 'TermsAcceptance',
  tableName: 'terms_acceptances',
  schema: 'auth',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    version: p.text(),
    acceptedAt: p.datetime(),
  },
  uniques: [{ name: 'terms_acceptances_version_key', properties: ['userId', 'version'] }],
});

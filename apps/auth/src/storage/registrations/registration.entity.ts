import { defineEntity, p } from '@mikro-orm/postgresql';

export const RegistrationEntity = defineEntity({
  name: 'Registration',
  tableName: 'registrations',
  schema: 'auth',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    contact: p.blob(),
    addressHash: p.blob(),
    passwordHash: p.text(),
    codeHash: p.blob().nullable(),
    linkDigest: p.blob().nullable(),
    attempts: p.smallint().default(0),
    locale: p.text().nullable(),
    acceptedTerms: p.text(),
    createdAt: p.datetime(),
    codeExpiresAt: p.datetime(),
    expiresAt: p.datetime().index('registrations_expires_at_idx'),
    closedAt: p.datetime().nullable(),
  },
  indexes: [{ name: 'registrations_address_hash_idx', properties: ['addressHash'], where: 'closed_at is null' }],
});

export const AddressFailuresEntity = defineEntity({
  name: 'AddressFailures',
  tableName: 'address_failures',
  schema: 'auth',
  properties: {
    addressHash: p.blob().primary(),
    day: p.date().primary().index('address_failures_day_idx'),
    failures: p.integer(),
  },
});

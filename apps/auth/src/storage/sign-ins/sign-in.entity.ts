import { defineEntity, p } from '@mikro-orm/postgresql';
import { ClientEntity } from '#storage/sessions/session.entity.ts';
import { UserEntity } from '#storage/users/user.entity.ts';

export const LockoutEntity = defineEntity({
  name: 'Lockout',
  tableName: 'lockouts',
  schema: 'auth',
  properties: {
    subjectHash: p.blob().primary(),
    pool: p.text().primary(),
    failures: p.integer(),
    lockedUntil: p.datetime().nullable(),
    updatedAt: p.datetime().index('lockouts_updated_at_idx'),
    refusalToldAt: p.datetime().nullable(),
    wrongAnswers: p.integer().default(0),
    toldFailures: p.integer().default(0),
  },
});

export const SignInEntity = defineEntity({
  name: 'SignIn',
  tableName: 'sign_ins',
  schema: 'auth',
  properties: {
    id: p.uuid().primary(),
    user: () => p.manyToOne(UserEntity).mapToPk().foreignKeyName('sign_ins_user_id_fkey'),
    client: () => p.manyToOne(ClientEntity).mapToPk().foreignKeyName('sign_ins_client_id_fkey'),
    subjectHash: p.blob(),
    pool: p.text(),
    method: p.text(),
    challengeId: p.uuid().nullable(),
    codeHash: p.blob().nullable(),
    codeExpiresAt: p.datetime().nullable(),
    attempts: p.smallint().default(0),
    challenges: p.smallint().default(0),
    createdAt: p.datetime(),
    expiresAt: p.datetime().index('sign_ins_expires_at_idx'),
    closedAt: p.datetime().nullable(),
  },
  checks: [{ name: 'sign_ins_method_check', expression: `method in ('emailed_code', 'factor')` }],
});

export const PasskeySignInEntity = defineEntity({
  name: 'PasskeySignIn',
  tableName: 'passkey_sign_ins',
  schema: 'auth',
  properties: {
    id: p.uuid().primary(),
    client: () => p.manyToOne(ClientEntity).mapToPk().foreignKeyName('passkey_sign_ins_client_id_fkey'),
    challenge: p.blob(),
    createdAt: p.datetime(),
    expiresAt: p.datetime().index('passkey_sign_ins_expires_at_idx'),
    consumedAt: p.datetime().nullable(),
  },
  checks: [{ name: 'passkey_sign_ins_challenge_check', expression: 'octet_length(challenge) = 32' }],
});

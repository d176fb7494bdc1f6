import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { uuidv7 } from '@bank/domain';
import { temporaryFolder } from '@bank/testing';
import {
  type AttestationKey,
  attestationMaker,
  type MakerChanges,
  softwareAuthenticator,
} from '@bank/testing/webauthn';
import { expect, test } from 'vitest';
import { givenSubject, ownMfaApp, pages } from './mfa-app.ts';
import { beginPasskey, sendPasskey } from './passkeys.ts';

const refused: readonly (readonly [string, MakerChanges])[] = [
  ['of version 1', { version: 1 }],
  ['of version 2', { version: 2 }],
  ['of no country', { subject: 'O=Maker, OU=Authenticator Attestation, CN=Maker Model' }],
  ['of a country of three letters', { subject: 'C=NGA, O=Maker, OU=Authenticator Attestation, CN=Maker Model' }],
  ['of no organisation', { subject: 'C=NG, OU=Authenticator Attestation, CN=Maker Model' }],
  ['of no unit', { subject: 'C=NG, O=Maker, CN=Maker Model' }],
  ['of another unit', { subject: 'C=NG, O=Maker, OU=Web Servers, CN=Maker Model' }],
  ['of no name', { subject: 'C=NG, O=Maker, OU=Authenticator Attestation' }],
  ['that may issue others', { isAuthority: true }],
];
const taken: readonly (readonly [string, MakerChanges, boolean])[] = [
  ['as it has to be', {}, true],
  ['that names no model', { aaguidExtension: 'none' }, true],
  ['that names its model as what nobody may pass over', { aaguidExtension: 'critical' }, false],
];

const makers = new Map<MakerChanges, Awaited<ReturnType<typeof attestationMaker>>>();
for (const [, changes] of [...refused, ...taken]) makers.set(changes, await attestationMaker(changes));
const rootsFile = join(temporaryFolder('attestation-certificates'), 'roots.pem');
writeFileSync(rootsFile, [...makers.values()].map(({ root }) => root).join('\n'));
const app = ownMfaApp({ env: { WEBAUTHN_ATTESTATION: 'direct', WEBAUTHN_ATTESTATION_ROOTS_FILE: rootsFile } });

async function register(attestation: AttestationKey) {
  const token = app.issuer.token({ userId: await givenSubject(app), sessionId: uuidv7() });
  const { body } = await beginPasskey(app, token);
  const made = softwareAuthenticator({ attestation }).create(body.options, pages.customers);
  const { status, body: answered } = await sendPasskey(app, token, body.factorId, made);
  const [kept] = await app.database.query('select is_attested from mfa.webauthn_credentials where factor_id = $1', [
    body.factorId,
  ]);
  return { status, code: (answered as { code?: string }).code, attested: kept?.['is_attested'] };
}

function keyOf(changes: MakerChanges): AttestationKey {
  const maker = makers.get(changes);
  if (maker === undefined) throw new Error('every maker was made');
  return maker.key;
}

test.each(refused)('SR-30: WebAuthn §8.2.1: a certificate %s vouches for nothing', async (_, changes) => {
  const nothing = { status: 422, code: 'factor.passkey_invalid', attested: undefined };
  expect(await register(keyOf(changes))).toEqual(nothing);
});

test.each(taken)('SR-30: WebAuthn §8.2.1: a certificate %s', async (_, changes, attested) => {
  expect(await register(keyOf(changes))).toEqual({ status: 201, code: undefined, attested });
});

test('SR-30: WebAuthn §8.2.1: a certificate of another model vouches for nothing', async () => {
  const nothing = { status: 422, code: 'factor.passkey_invalid', attested: undefined };
  expect(await register({ ...keyOf(taken[0]?.[1] ?? {}), aaguid: new Uint8Array(16).fill(1) })).toEqual(nothing);
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { temporaryFolder } from '@bank/testing';
import { type AttestationKey, attestationMaker, type Changes, softwareAuthenticator } from '@bank/testing/webauthn';
import { expect, test } from 'vitest';
import { givenSubject, ownMfaApp, pages } from './mfa-app.ts';
import { beginPasskey, givenPasskeyChallenge, sendPasskey } from './passkeys.ts';

const [trusted, stranger] = [await attestationMaker(), await attestationMaker()];
const rootsFile = join(temporaryFolder('attestation'), 'roots.pem');
writeFileSync(rootsFile, `${trusted.root}\n`);
const app = ownMfaApp({ env: { WEBAUTHN_ATTESTATION: 'direct', WEBAUTHN_ATTESTATION_ROOTS_FILE: rootsFile } });

async function register(attestation: AttestationKey | 'none' | 'self', changes: Changes = {}, isSynced = false) {
  const [userId, sessionId] = [await givenSubject(app), uuidv7()];
  const token = app.issuer.token({ userId, sessionId });
  const { body } = await beginPasskey(app, token);
  expect(body.options).toMatchObject({ attestation: 'direct' });
  const authenticator = softwareAuthenticator({ attestation, isSynced });
  const made = authenticator.create(body.options, pages.customers, changes);
  const { status, body: answered } = await sendPasskey(app, token, body.factorId, made);
  const passkey = { userId, sessionId, factorId: body.factorId, secret: '', etag: '', authenticator, id: made.id };
  return { status, code: (answered as { code?: string }).code, passkey };
}

test.each([
  ['a maker that is trusted', trusted.key, true],
  ['a maker that nobody knows', stranger.key, false],
  ['nobody', 'none', false],
  ['itself', 'self', false],
] as const)('SR-30: WebAuthn §7.1, step 24: vouched for by %s', async (_, attestation, attested) => {
  const { status, passkey } = await register(attestation);
  expect(status).toBe(201);
  const { answer } = await givenPasskeyChallenge(app, passkey);
  expect((await answer()).passkey).toMatchObject({ deviceBound: true, attested });
});

test.each([
  [
    'vouched for',
    trusted.key,
    { acr: 'aal2', amr: ['swk', 'user', 'mfa'] },
    { acr: 'aal3', amr: ['hwk', 'user', 'mfa'] },
  ],
  [
    'not vouched for',
    'none',
    { acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] },
    { acr: 'aal2', amr: ['swk', 'user', 'mfa'] },
  ],
] as const)('SR-31: with a passkey that is %s factors are changed by it', async (_, attestation, less, proof) => {
  const { passkey } = await register(attestation);
  const { userId } = passkey;
  const [lower, enough] = [app.issuer.token({ userId, ...less }), app.issuer.token({ userId, ...proof })];
  const refusal = { code: 'auth.step_up.required', acr: proof.acr, maxAgeSeconds: 300 };
  expect(await beginPasskey(app, lower)).toMatchObject({ status: 403, body: refusal });
  const codes = (token: string) => request(app.service, 'POST', '/v1/mfa/recovery-codes', { token });
  expect(await codes(lower)).toMatchObject({ status: 403, body: refusal });
  expect((await codes(enough)).status).toBe(201);
  expect((await beginPasskey(app, enough)).status).toBe(201);
});

const refused = { status: 422, code: 'factor.passkey_invalid' };

test('SR-30: WebAuthn §7.1, step 22: a maker whose word is of another key, model or signature is not believed at all', async () => {
  const flip = (bytes: Uint8Array) => bytes.with(-1, (bytes.at(-1) ?? 0) ^ 1);
  expect(await register(trusted.key, { signature: flip })).toMatchObject(refused);
  expect(await register({ ...trusted.key, aaguid: new Uint8Array(16) })).toMatchObject(refused);
  expect(await register({ ...trusted.key, chain: stranger.key.chain })).toMatchObject(refused);
  expect(await register({ ...trusted.key, chain: [new Uint8Array(64)] })).toMatchObject(refused);
});

test('a maker whose certificate has expired is not believed', async () => {
  const past = await attestationMaker({ notAfter: new Date(Date.now() - 60_000) });
  expect(await register(past.key)).toMatchObject(refused);
});

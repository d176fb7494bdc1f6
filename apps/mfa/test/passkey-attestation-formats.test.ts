import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { uuidv7 } from '@bank/domain';
import { temporaryFolder } from '@bank/testing';
import {
  type AttestationMaker,
  attestationMaker,
  type CreationOptions,
  type PlatformFormat,
  softwareAuthenticator,
  vouchedAs,
} from '@bank/testing/webauthn';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { givenSubject, ownMfaApp, pages } from './mfa-app.ts';
import { beginPasskey, sendPasskey } from './passkeys.ts';

const visited: (string | undefined)[] = [];
const listener = createServer(({ url }, response) => {
  visited.push(url);
  response.end();
});
await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
const crlUrl = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/revoked.crl`;

const [trusted, stranger] = [await attestationMaker({ crlUrl }), await attestationMaker({ crlUrl })];
const rootsFile = join(temporaryFolder('attestation-formats'), 'roots.pem');
writeFileSync(rootsFile, trusted.root);
const app = ownMfaApp({ env: { WEBAUTHN_ATTESTATION: 'direct', WEBAUTHN_ATTESTATION_ROOTS_FILE: rootsFile } });
const fetched = vi.spyOn(globalThis, 'fetch');

beforeEach(() => {
  visited.length = 0;
  fetched.mockClear();
});
afterAll(() => {
  fetched.mockRestore();
  listener.close();
});

type Format = PlatformFormat | 'none' | 'packed' | 'self';

/** What an authenticator makes in that format. */
async function madeIn(format: Format, maker: AttestationMaker, options: CreationOptions) {
  const attestation = format === 'packed' ? maker.key : format === 'self' ? format : 'none';
  const authenticator = softwareAuthenticator({ attestation });
  const made = authenticator.create(options, pages.customers);
  if (format === 'packed' || format === 'self' || format === 'none') return made;
  const [kept] = authenticator.credentials;
  if (kept === undefined) throw new Error('nothing was made');
  return await vouchedAs(format, made, { maker, key: kept.key });
}

async function register(format: Format, maker: AttestationMaker) {
  const userId = await givenSubject(app);
  const token = app.issuer.token({ userId, sessionId: uuidv7() });
  const { body } = await beginPasskey(app, token);
  const sent = await madeIn(format, maker, body.options);
  const answer = await sendPasskey(app, token, body.factorId, sent);
  const [row] = await app.database.query(
    'select c.is_attested from mfa.webauthn_credentials c where c.factor_id = $1',
    [body.factorId],
  );
  return { status: answer.status, code: (answer.body as { code?: string }).code, attested: row?.['is_attested'] };
}

test.each([
  ['packed', true],
  ['tpm', true],
  ['apple', true],
  ['self', false],
  ['none', false],
] as const)('SR-30: WebAuthn §7.1, step 21: %s is taken, and attested: %s', async (format, attested) => {
  expect(await register(format, trusted)).toEqual({ status: 201, code: undefined, attested });
  expect(await register(format, stranger)).toEqual({ status: 201, code: undefined, attested: false });
});

test.each(['android-key', 'fido-u2f'] as const)('SR-30: WebAuthn §7.1, step 21: %s is not taken', async (format) => {
  const refused = { status: 422, code: 'factor.passkey_invalid', attested: undefined };
  expect(await register(format, trusted)).toEqual(refused);
  expect(await register(format, stranger)).toEqual(refused);
});

test.each(['none', 'self', 'packed', 'tpm', 'apple', 'android-key', 'fido-u2f'] as const)(
  'SR-75: %s: no address that a certificate names is visited, whoever made it',
  async (format) => {
    await register(format, trusted);
    await register(format, stranger);
    expect({ visited, fetched: fetched.mock.calls }).toEqual({ visited: [], fetched: [] });
  },
);

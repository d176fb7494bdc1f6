import { uuidv7 } from '@bank/domain';
import {
  type AuthenticatorOptions,
  attestationMaker,
  type Changes,
  softwareAuthenticator,
} from '@bank/testing/webauthn';
import { expect, test } from 'vitest';
import { givenSubject, mfaApp, pages } from './mfa-app.ts';
import { beginPasskey, sendPasskey } from './passkeys.ts';

const app = mfaApp();
const { key: maker } = await attestationMaker();

interface Otherwise extends Changes {
  readonly origin?: string;
  readonly options?: AuthenticatorOptions;
}

const flip = (at: number) => (data: Uint8Array) => data.with(at, (data.at(at) ?? 0) ^ 1);
const withOneMore = (data: Uint8Array) =>
  Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(data).toString()), more: 1 }));
const without = (count: number) => (data: Uint8Array) => data.slice(0, data.length - count);

/** Each check of WebAuthn level 3 §7.1, by the number of its step, with the one thing that is otherwise. */
const checks: readonly (readonly [string, Otherwise])[] = [
  ['5: client data that are no JSON', { response: { clientDataJSON: 'AAAA' } }],
  ['7: another type', { clientData: { type: 'webauthn.get' } }],
  ['7: no type', { clientData: { type: undefined } }],
  ['8: another challenge', { clientData: { challenge: Buffer.alloc(32).toString('base64url') } }],
  ['8: no challenge', { clientData: { challenge: undefined } }],
  ['9: the page of another', { origin: 'https://app.bank.test.evil.example' }],
  ['9: a page of the relying party that is none of ours', { origin: 'https://other.bank.test' }],
  ['9: another port', { origin: 'https://app.bank.test:8443' }],
  ['9: another scheme', { origin: 'http://app.bank.test' }],
  ['9: no origin', { clientData: { origin: undefined } }],
  ['10: within a page of another', { clientData: { crossOrigin: true } }],
  ['11: below a page of another', { clientData: { crossOrigin: true, topOrigin: 'https://evil.example' } }],
  ['11: below a page of ours', { clientData: { crossOrigin: true, topOrigin: pages.customers } }],
  ['11: below a page, it says, but not within one', { clientData: { topOrigin: pages.customers } }],
  ['13: an attestation object that is no CBOR', { response: { attestationObject: 'AAAA' } }],
  ['13: authenticator data cut short', { authenticatorData: without(8) }],
  [
    '13: more authenticator data than there are',
    { authenticatorData: (data) => Buffer.concat([data, Buffer.alloc(4)]) },
  ],
  ['14: another relying party', { rpId: 'bank.example' }],
  ['15: nobody was present', { flags: { up: false } }],
  ['16: nobody was verified', { flags: { uv: false } }],
  ['17: backed up, and not eligible for that', { flags: { bs: true } }],
  ['18: extensions that are announced and not there', { flags: { ed: true } }],
  ['19: an algorithm that was not offered', { publicKey: new Map([[3, -35]]) }],
  ['19: the key of another kind than its algorithm', { publicKey: new Map([[1, 1]]) }],
  ['19: another curve than that of its algorithm', { publicKey: new Map([[-1, 2]]) }],
  ['19: a point that is not on the curve', { publicKey: new Map([[-2, new Uint8Array(32).fill(1)]]) }],
  ['19: an RSA key that can be broken', { options: { algorithm: 'RS256', rsaBits: 1024 } }],
  [
    '19: an RSA key whose exponent is one',
    { publicKey: new Map([[-2, new Uint8Array([1])]]), options: { algorithm: 'RS256' } },
  ],
  ['21: a format that nobody knows', { format: 'tomorrow' }],
  ['21: a format, and no statement of it', { format: 'packed' }],
  ['22: no format, but a statement', { statement: new Map([['alg', -7]]) }],
  ['22: the signature of the attestation', { signature: flip(-1), options: { attestation: 'self' } }],
  [
    '22: another algorithm than that of the key',
    { statement: new Map([['alg', -257]]), options: { attestation: 'self' } },
  ],
  ['22: data other than those signed', { sentAuthenticatorData: flip(33), options: { attestation: 'self' } }],
  [
    '22: client data with one member more than those that the key signed',
    { sentClientData: withOneMore, options: { attestation: 'self' } },
  ],
  [
    '22: client data with one member more than those that the maker signed',
    { sentClientData: withOneMore, options: { attestation: maker } },
  ],
  [
    '22: data other than those that the maker signed',
    { sentAuthenticatorData: flip(33), options: { attestation: maker } },
  ],
  ['25: another id than that in the data', { whole: { id: 'AAAA', rawId: 'AAAA' } }],
  ['25: two ids', { whole: { rawId: 'AAAA' } }],
  ['no credential at all', { flags: { at: false } }],
];

/** What is refused before there is a ceremony. */
const malformed: typeof checks = [
  ['25: an id of more than 1023 bytes', { credentialId: new Uint8Array(1024) }],
  ['5.1: a type other than `public-key`', { whole: { type: 'password' } }],
  ['5.1: no type', { whole: { type: undefined } }],
];

test.each([
  ...checks.map(([step, otherwise]) => [step, 'factor.passkey_invalid', otherwise] as const),
  ...malformed.map(([step, otherwise]) => [step, 'request.invalid', otherwise] as const),
])('SR-30: WebAuthn §7.1, step %s: %s', async (_, code, { origin = pages.customers, options = {}, ...changes }) => {
  const userId = await givenSubject(app);
  const token = app.issuer.token({ userId, sessionId: uuidv7() });
  const { body } = await beginPasskey(app, token);
  const made = softwareAuthenticator(options).create(body.options, origin, changes);
  expect(await sendPasskey(app, token, body.factorId, made)).toMatchObject({ status: 422, body: { code } });
  expect(
    await app.database.query('select 1 from mfa.factors where user_id = $1 and confirmed_at is not null', [userId]),
  ).toEqual([]);
});

test('SR-30: WebAuthn §7.1: what a maker, the key itself or nobody vouches for is taken when nothing is otherwise', async () => {
  for (const attestation of [maker, 'self', 'none'] as const) {
    const token = app.issuer.token({ userId: await givenSubject(app), sessionId: uuidv7() });
    const { body } = await beginPasskey(app, token);
    const made = softwareAuthenticator({ attestation }).create(body.options, pages.customers);
    expect((await sendPasskey(app, token, body.factorId, made)).status).toBe(201);
  }
});

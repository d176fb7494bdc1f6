import { uuidv7 } from '@bank/domain';
import { type Changes, softwareAuthenticator } from '@bank/testing/webauthn';
import { describe, expect, test } from 'vitest';
import { mfaApp, pages } from './mfa-app.ts';
import { givenPasskey, givenPasskeyChallenge, givenPasskeySignIn } from './passkeys.ts';

const app = mfaApp();

interface Otherwise extends Changes {
  readonly origin?: string;
}

const flip = (at: number) => (data: Uint8Array) => data.with(at, (data.at(at) ?? 0) ^ 1);
const handle = (bytes: Uint8Array) => ({ response: { userHandle: Buffer.from(bytes).toString('base64url') } });
const withOneMore = (data: Uint8Array) =>
  Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(data).toString()), more: 1 }));
const wrong = { code: 'auth.second_factor.invalid' };

/** Each check of WebAuthn level 3 §7.2, by the number of its step, with the one thing that is otherwise. */
const checks: readonly (readonly [string, Otherwise])[] = [
  ['5: a credential that was not asked for', { credentialId: new Uint8Array(32) }],
  ['6: of another user', handle(Buffer.from(uuidv7().replaceAll('-', ''), 'hex'))],
  ['6: of a user whose handle is longer', handle(new Uint8Array(17))],
  ['8: client data that are no JSON', { response: { clientDataJSON: 'AAAA' } }],
  ['10: another type', { clientData: { type: 'webauthn.create' } }],
  ['10: no type', { clientData: { type: undefined } }],
  ['11: another challenge', { clientData: { challenge: Buffer.alloc(32).toString('base64url') } }],
  ['11: no challenge', { clientData: { challenge: undefined } }],
  ['12: the page of another', { origin: 'https://app.bank.test.evil.example' }],
  ['12: a page of the relying party that is none of ours', { origin: 'https://other.bank.test' }],
  ['12: a page of staff', { origin: pages.staff }],
  ['12: another scheme', { origin: 'http://app.bank.test' }],
  ['12: no origin', { clientData: { origin: undefined } }],
  ['13: within a page of another', { clientData: { crossOrigin: true } }],
  ['14: below a page of another', { clientData: { crossOrigin: true, topOrigin: 'https://evil.example' } }],
  ['14: below a page of ours', { clientData: { crossOrigin: true, topOrigin: pages.customers } }],
  ['14: below a page, it says, but not within one', { clientData: { topOrigin: pages.customers } }],
  ['15: another relying party', { rpId: 'bank.example' }],
  ['16: nobody was present', { flags: { up: false } }],
  ['17: nobody was verified', { flags: { uv: false } }],
  ['18: backed up, and not eligible for that', { flags: { bs: true } }],
  ['19: eligible for a backup, which it was not', { flags: { be: true } }],
  ['20: extensions that are announced and not there', { flags: { ed: true } }],
  ['21: client data with one member more than those signed', { sentClientData: withOneMore }],
  ['22: authenticator data other than those signed', { sentAuthenticatorData: flip(36) }],
  ['22: another signature', { signature: flip(-1) }],
  ['22: a signature cut short', { signature: (signature) => signature.slice(0, -1) }],
  ['22: a signature of nothing', { signature: () => new Uint8Array(70) }],
  ['22: authenticator data cut short', { authenticatorData: (data) => data.slice(0, 36) }],
  [
    '22: more authenticator data than there are',
    { authenticatorData: (data) => Buffer.concat([data, Buffer.alloc(4)]) },
  ],
  ['23: a count that has not grown', { counter: 1 }],
];

describe('beside a password', () => {
  test.each(checks)('SR-30: WebAuthn §7.2, step %s', async (_, { origin = pages.customers, ...changes }) => {
    const passkey = await givenPasskey(app);
    const { options, send } = await givenPasskeyChallenge(app, passkey);
    await expect(send(passkey.authenticator.get(options, origin, changes))).rejects.toMatchObject(wrong);
  });

  test('SR-30: WebAuthn §7.2, step 19: not eligible for a backup, which it was', async () => {
    const { answer } = await givenPasskeyChallenge(app, await givenPasskey(app, { isSynced: true }));
    await expect(answer({ flags: { be: false, bs: false } })).rejects.toMatchObject(wrong);
  });

  test('SR-30: WebAuthn §7.2, step 22: by the key of another', async () => {
    const passkey = await givenPasskey(app);
    const { options, send } = await givenPasskeyChallenge(app, passkey);
    const other = softwareAuthenticator();
    other.create({ challenge: 'AA', rp: { id: 'bank.test' }, user: { id: 'AA' } }, pages.customers);
    const forged = other.get({ ...options, allowCredentials: [] }, pages.customers, {
      credentialId: Buffer.from(passkey.id, 'base64url'),
      response: { userHandle: Buffer.from(passkey.userId.replaceAll('-', ''), 'hex').toString('base64url') },
    });
    await expect(send(forged)).rejects.toMatchObject(wrong);
  });

  test('SR-30: WebAuthn §7.2, step 6: a user who is known need not be named', async () => {
    const { answer } = await givenPasskeyChallenge(app, await givenPasskey(app));
    await expect(answer({ response: { userHandle: undefined } })).resolves.toBeDefined();
  });
});

describe('without a name', () => {
  test.each([...checks, ['6: nobody is named', { response: { userHandle: undefined } }] as const])(
    'SR-30: WebAuthn §7.2, step %s',
    async (_, { origin = pages.customers, ...changes }: Otherwise) => {
      const passkey = await givenPasskey(app);
      const { options, send } = await givenPasskeySignIn(app);
      await expect(send(passkey.authenticator.get(options, origin, changes))).rejects.toMatchObject(wrong);
    },
  );
});

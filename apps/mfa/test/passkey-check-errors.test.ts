import { randomBytes } from 'node:crypto';
import { audiences, parse, UserIdSchema, uuidv7 } from '@bank/domain';
import { softwareAuthenticator } from '@bank/testing/webauthn';
import { expect, test } from 'vitest';
import { verifyAssertion } from '#factor-types/webauthn/verify-assertion.ts';
import { decoyOf } from '#features/passkey-sign-in/decoy.ts';
import { mfaApp, pages } from './mfa-app.ts';
import { toMessage } from './passkeys.ts';

const app = mfaApp();

async function counted(kind: string): Promise<number> {
  const pattern = new RegExp(`^passkey_check_errors_total\\{.*kind="${kind}".*\\} (\\d+)$`, 'm');
  return Number(pattern.exec(await app.ctx.metrics.text())?.[1] ?? 0);
}

test.each([
  ['for another page', 'relying_party', 'https://other.bank.test', {}],
  ['for another domain', 'relying_party', pages.customers, { rpId: 'bank.example' }],
  ['of a user who was not verified', 'refused', pages.customers, { flags: { uv: false } }],
])('SR-30: an answer %s is refused, and counted as %s', async (_, kind, origin, changes) => {
  const challenge = new Uint8Array(randomBytes(32));
  const asked = { challenge: Buffer.from(challenge).toString('base64url'), rpId: 'bank.test', allowCredentials: [] };
  const authenticator = softwareAuthenticator();
  authenticator.create({ challenge: 'AA', rp: { id: 'bank.test' }, user: { id: 'AA' } }, pages.customers);
  const assertion = toMessage(authenticator.get(asked, origin, changes));
  const userId = parse(UserIdSchema, uuidv7());
  const question = { challenge, audience: audiences.customers, userId, isUsernameless: false };
  const before = await counted(kind);
  expect(await verifyAssertion(app.ctx, decoyOf(assertion.credentialId), question, assertion)).toBeUndefined();
  expect(await counted(kind)).toBe(before + 1);
});

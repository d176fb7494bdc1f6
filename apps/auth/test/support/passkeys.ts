import { randomBytes } from 'node:crypto';
import { parse, UserIdSchema, uuidv7 } from '@bank/domain';
import type { PasskeyFacts } from '#adapters/factors/assertion.ts';
import type { StartedFactor } from '#adapters/factors/factor-challenges.ts';
import type { PasskeyVerdict } from '#adapters/factors/passkeys.ts';
import type { TestAuth } from './auth.ts';
import { type Answer, post, type RequestOptions } from './http.ts';
import { passkeyFactor } from './neighbours.ts';

const bytes = (length: number) => randomBytes(length).toString('base64url');

/** What a browser hands over: nothing in it is true, since mfa is not there to look. */
export function assertion(changes: object = {}, id = bytes(32)) {
  const response = {
    clientDataJSON: bytes(120),
    authenticatorData: bytes(37),
    signature: bytes(70),
    userHandle: bytes(16),
  };
  return { id, rawId: id, type: 'public-key', response, clientExtensionResults: {}, ...changes };
}

/** A passkey that its user's devices share, which is most of them. */
export const syncedPasskey: PasskeyFacts = { isUserVerified: true, isDeviceBound: false, isAttested: false };

/** What mfa says to a challenge of a passkey that is started. */
export const passkeyChallenge = {
  kind: 'started',
  challengeId: uuidv7(),
  type: 'webauthn',
  expiresAt: new Date(Date.now() + 300_000),
  question: {
    challenge: bytes(32),
    rpId: 'bank.example',
    allowCredentials: [{ id: bytes(32), type: 'public-key', transports: ['internal'] }],
    userVerification: 'required',
    timeout: 300_000,
  },
} as const satisfies StartedFactor;

/** What mfa says to a right answer of somebody's passkey. */
export function passkeyOf({ id }: { id: string }, facts: Partial<PasskeyFacts> = {}): PasskeyVerdict {
  const userId = parse(UserIdSchema, id);
  return { kind: 'accepted', userId, factorId: passkeyFactor.id, passkey: { ...syncedPasskey, ...facts } };
}

/** Asks for any passkey. */
export function askPasskey(auth: TestAuth, body: object = {}, options?: RequestOptions): Promise<Answer> {
  return post(auth, '/v1/auth/passkey/options', body, options);
}

/** Asks for a passkey and presents one, which mfa judges as a test has told it. */
export async function passkeySignIn(auth: TestAuth, changes: object = {}, options?: RequestOptions): Promise<Answer> {
  const { clientId = 'web' } = changes as { clientId?: string };
  const { loginId } = (await askPasskey(auth, { clientId }, options)).body;
  return verifyPasskey(auth, { loginId, ...changes }, options);
}

export function verifyPasskey(auth: TestAuth, body: object, options?: RequestOptions): Promise<Answer> {
  return post(auth, '/v1/auth/passkey/verify', { response: assertion(), ...body }, options);
}

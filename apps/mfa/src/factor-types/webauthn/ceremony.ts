import { createHash, randomBytes } from 'node:crypto';
import type { UserId } from '@bank/domain';
import * as v from 'valibot';
import type { AssertionOptions, Worth } from '#factor-types/factor-type.ts';
import type { NamedCredential, WebauthnCredential } from '#factor-types/webauthn/storage/webauthn-credential.entity.ts';
import type { RelyingParty } from '#webauthn-config.ts';

/** EdDSA, ES256 and RS256 by their numbers in COSE, the preferred first. */
export const algorithms: readonly number[] = [-8, -7, -257];

/** How long a person has for a ceremony, in seconds: that of its challenge. */
export const ceremonySeconds = 300;

/** 32 random bytes (WebAuthn level 3 §13.4.3 asks for 16). */
export const newChallenge = (): Uint8Array => new Uint8Array(randomBytes(32));

/**
 * What an authenticator signs to approve one transaction (RTS art. 5): SHA-256 of a nonce and the SHA-256 of the transaction,
 * so that the signature is of this transaction and no other.
 */
export function transactionChallenge(digest: Uint8Array): {
  readonly challenge: Uint8Array;
  readonly nonce: Uint8Array;
} {
  const nonce = newChallenge();
  return { challenge: new Uint8Array(createHash('sha256').update(nonce).update(digest).digest()), nonce };
}

/**
 * What an authenticator keeps with a credential and gives back with each answer: the bytes of the user's id, which says nothing
 * about the person (WebAuthn level 3 §14.6.1).
 */
export function userHandleOf(userId: UserId): Uint8Array {
  return Buffer.from(userId.replaceAll('-', ''), 'hex');
}

/** What a credential is worth that has signed: no answer is good without its user verified. */
export function worthOf({
  isBackupEligible,
  isAttested,
}: Pick<WebauthnCredential, 'isBackupEligible' | 'isAttested'>): Worth {
  return { userVerified: true, deviceBound: !isBackupEligible, attested: isAttested };
}

/** What a browser needs to have one of these used; any of its own, where none is named. */
export function assertionOptions(
  { id: rpId }: RelyingParty,
  challenge: Uint8Array,
  allowCredentials: readonly NamedCredential[] = [],
): AssertionOptions {
  return { challenge, rpId, allowCredentials, userVerification: 'required', timeoutMs: ceremonySeconds * 1000 };
}

const ClientData = v.looseObject({ crossOrigin: v.optional(v.literal(false)), topOrigin: v.optional(v.undefined()) });

/** Whether a ceremony ran in a page of its own: no page of ours is shown within another (WebAuthn level 3 §7.1, §7.2). */
export function isOnOwnPage(clientData: Uint8Array): boolean {
  return v.is(ClientData, JSON.parse(Buffer.from(clientData).toString('utf8')));
}

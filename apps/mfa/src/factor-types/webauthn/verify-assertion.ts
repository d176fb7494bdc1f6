import type { UserId } from '@bank/domain';
import { toBase64Url } from '@bank/security';
import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import type { AppContext } from '#context.ts';
import { isOnOwnPage, userHandleOf } from '#factor-types/webauthn/ceremony.ts';
import { checked } from '#factor-types/webauthn/checked.ts';
import type { Assertion } from '#factor-types/webauthn/schemas.ts';
import type { Use, WebauthnCredential } from '#factor-types/webauthn/storage/webauthn-credential.entity.ts';

/** What an assertion is checked against. */
export interface Question {
  readonly challenge: Uint8Array;
  /** That of the session which it is for; no page may use a passkey for none. */
  readonly audience: string | undefined;
  readonly userId: UserId;
  /** Nobody was named: the authenticator has to say whose its credential is. */
  readonly isUsernameless: boolean;
}

/**
 * Checks what an authenticator signed (WebAuthn level 3 §7.2, all but the count of its signatures) and gives what it told; undefined
 * whatever is wrong with it. The signature is always verified, so that the time tells nothing.
 */
export function verifyAssertion(
  ctx: Pick<AppContext, 'logger' | 'metrics' | 'relyingParty'>,
  credential: WebauthnCredential,
  { challenge, audience, userId, isUsernameless }: Question,
  assertion: Assertion,
): Promise<Use | undefined> {
  const { relyingParty } = ctx;
  return checked(ctx, async () => {
    const { verified, authenticationInfo: told } = await verifyAuthenticationResponse({
      response: libraryForm(assertion),
      expectedChallenge: toBase64Url(challenge),
      expectedOrigin: audience === undefined ? [] : [...relyingParty.originsOf(audience)],
      expectedRPID: relyingParty.id,
      requireUserVerification: true,
      // Counts are compared where they are kept, by one conditional statement.
      credential: {
        id: toBase64Url(credential.credentialId),
        publicKey: new Uint8Array(credential.publicKey),
        counter: 0,
      },
    });
    const isOfCredential = Buffer.from(credential.credentialId).equals(assertion.credentialId);
    const isOfUser = isHandleOf(userId, assertion.userHandle, isUsernameless);
    const isSameKind = (told.credentialDeviceType === 'multiDevice') === credential.isBackupEligible;
    const isRight = verified && isOfCredential && isOfUser && isSameKind && isOnOwnPage(assertion.clientDataJson);
    return isRight ? { counter: told.newCounter, isBackedUp: told.credentialBackedUp } : undefined;
  });
}

function isHandleOf(userId: UserId, handle: Uint8Array | undefined, isNeeded: boolean): boolean {
  return handle === undefined ? !isNeeded : Buffer.from(userHandleOf(userId)).equals(handle);
}

function libraryForm({ credentialId, clientDataJson, authenticatorData, signature }: Assertion) {
  const id = toBase64Url(credentialId);
  return {
    id,
    rawId: id,
    type: 'public-key' as const,
    response: {
      clientDataJSON: toBase64Url(clientDataJson),
      authenticatorData: toBase64Url(authenticatorData),
      signature: toBase64Url(signature),
    },
    clientExtensionResults: {},
  };
}

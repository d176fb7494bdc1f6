import { toBase64Url } from '@bank/security';
import { verifyRegistrationResponse } from '@simplewebauthn/server';
import type { AppContext } from '#context.ts';
import { isOfOwnAlgorithm, isVouchedFor, statementOf } from '#factor-types/webauthn/attestation.ts';
import { algorithms, isOnOwnPage } from '#factor-types/webauthn/ceremony.ts';
import { checked } from '#factor-types/webauthn/checked.ts';
import { soundAlgorithmOf } from '#factor-types/webauthn/credential-key.ts';
import type { RegistrationResponse } from '#factor-types/webauthn/schemas.ts';
import type { NewWebauthnCredential } from '#factor-types/webauthn/storage/webauthn-credential.entity.ts';

/** What a registration is checked against. */
export interface Offer {
  readonly challenge: Uint8Array;
  /** That of the session which registers. */
  readonly audience: string;
  readonly now: Date;
}

/**
 * Checks what an authenticator made (WebAuthn level 3 §7.1, all but whether the id is new) and gives the credential; undefined
 * whatever is wrong with it.
 */
export function verifyRegistration(
  ctx: Pick<AppContext, 'logger' | 'metrics' | 'relyingParty'>,
  { challenge, audience, now }: Offer,
  response: RegistrationResponse,
): Promise<NewWebauthnCredential | undefined> {
  const { relyingParty } = ctx;
  return checked(ctx, async () => {
    const statement = statementOf(response.response.attestationObject);
    if (statement === undefined) return undefined;
    const { registrationInfo: made } = await verifyRegistrationResponse({
      response: libraryForm(response),
      expectedChallenge: toBase64Url(challenge),
      expectedOrigin: [...relyingParty.originsOf(audience)],
      expectedRPID: relyingParty.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...algorithms],
    });
    if (made === undefined || made.credential.id !== response.id) return undefined;
    if (!isOnOwnPage(Buffer.from(response.response.clientDataJSON, 'base64url'))) return undefined;
    const { credential, aaguid } = made;
    const algorithm = soundAlgorithmOf(credential.publicKey);
    if (algorithm === undefined || !isOfOwnAlgorithm(statement, algorithm)) return undefined;
    return {
      credentialId: Buffer.from(credential.id, 'base64url'),
      publicKey: credential.publicKey,
      algorithm,
      counter: credential.counter,
      transports: response.response.transports ?? [],
      aaguid,
      isBackupEligible: made.credentialDeviceType === 'multiDevice',
      isBackedUp: made.credentialBackedUp,
      isAttested: isVouchedFor(statement, relyingParty.trustedRoots, now),
      isDiscoverable: response.clientExtensionResults?.credProps?.rk ?? null,
    };
  });
}

function libraryForm({ id, rawId, type, response }: RegistrationResponse) {
  const { clientDataJSON, attestationObject } = response;
  return { id, rawId, type, response: { clientDataJSON, attestationObject }, clientExtensionResults: {} };
}

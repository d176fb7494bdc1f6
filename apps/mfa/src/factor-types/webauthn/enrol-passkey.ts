import { type Actor, parse, type UserId } from '@bank/domain';
import { toBase64Url } from '@bank/security';
import type { AppContext } from '#context.ts';
import { algorithms, newChallenge, userHandleOf } from '#factor-types/webauthn/ceremony.ts';
import { type CreationOptions, PasskeyEnrolment, type PasskeyOptionsView } from '#factor-types/webauthn/schemas.ts';
import type { NamedCredential } from '#factor-types/webauthn/storage/webauthn-credential.entity.ts';
import { beginEnrolment } from '#features/factor/begin-enrolment.ts';
import { pendingSeconds } from '#features/factor/policies.ts';
import type { RelyingParty } from '#webauthn-config.ts';

/**
 * Begins to enrol a passkey (WebAuthn level 3 §7.1) and gives what a browser needs to have it made: on an authenticator that has
 * none of the user's, discoverable, and with its user verified. Nothing counts before the answer has been checked; what was
 * begun before is forgotten.
 * @throws auth.token.missing, request.invalid, auth.step_up.required, factor.limit_reached, service.unavailable while the user's
 * activation is still under way
 */
export async function enrolPasskey(ctx: AppContext, actor: Actor, input: unknown): Promise<PasskeyOptionsView> {
  const { label } = parse(PasskeyEnrolment, input);
  const challenge = newChallenge();
  const begun = await beginEnrolment(ctx, actor, { type: 'webauthn', label }, async (tx, { userId, id, expiresAt }) => {
    await tx.webauthnChallenges.insert(userId, id, { challenge, expiresAt });
    return await tx.webauthnCredentials.listNamed(userId);
  });
  const { userId, id, detail: known } = begun;
  const options = creationOptions(ctx.relyingParty, { userId, label, challenge, known });
  return { factorId: id, options, expiresIn: pendingSeconds };
}

interface Wanted {
  readonly userId: UserId;
  readonly label: string;
  readonly challenge: Uint8Array;
  /** What the user has already. */
  readonly known: readonly NamedCredential[];
}

/** We know no name of the user here: a page that does may put it in place of the label. */
function creationOptions({ id, name, attestation }: RelyingParty, wanted: Wanted): CreationOptions {
  const { userId, label, challenge, known } = wanted;
  return {
    rp: { id, name },
    user: { id: toBase64Url(userHandleOf(userId)), name: label, displayName: label },
    challenge: toBase64Url(challenge),
    pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
    timeout: pendingSeconds * 1000,
    excludeCredentials: known.map(({ credentialId, transports }) => ({
      id: toBase64Url(credentialId),
      type: 'public-key',
      transports: [...transports],
    })),
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    attestation,
    extensions: { credProps: true },
  };
}

import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, type UserId } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import type { Worth } from '#factor-types/factor-type.ts';
import { acceptUse } from '#factor-types/webauthn/accept-use.ts';
import { worthOf } from '#factor-types/webauthn/ceremony.ts';
import { verifyAssertion } from '#factor-types/webauthn/verify-assertion.ts';
import { decoyOf } from '#features/passkey-sign-in/decoy.ts';
import { PasskeySignIn } from '#features/passkey-sign-in/schemas.ts';

/** Whoever the passkey belongs to. */
export interface PasskeyHolder {
  readonly userId: UserId;
  readonly factorId: string;
  readonly worth: Worth;
}

const audits = ['mfa.challenge.passed', 'mfa.challenge.failed', 'mfa.passkey.clone_suspected'] as const;

/**
 * Judges the passkey of somebody who has not said who they are, and tells it. Unknown, forged or used elsewhere: the answer,
 * its time and what is written are the same (SR-15, SR-16). It counts no failures against anybody: what is signed cannot be
 * guessed, and whoever knows the id of a passkey must not lock its user out (SR-14).
 * @throws access.forbidden, request.invalid, auth.second_factor.invalid
 */
export async function verifyPasskeySignIn(ctx: AppContext, actor: Actor, input: unknown): Promise<PasskeyHolder> {
  const who = allow.service(actor, ['auth']);
  const answer = parse(PasskeySignIn, input);
  const holder = await withTransaction(ctx, { who, audits }, (tx) => judge(tx, answer));
  if (holder === undefined) throw new DomainError('auth.second_factor.invalid', { reason: 'passkey refused' });
  return holder;
}

async function judge(
  tx: AppTransaction,
  { challenge, assertion, audience, signInId }: PasskeySignIn,
): Promise<PasskeyHolder | undefined> {
  const now = tx.clock.now();
  const found = await tx.webauthnCredentials.holdById(assertion.credentialId);
  const credential = found ?? decoyOf(assertion.credentialId);
  const userId = found?.userId ?? (signInId as UserId);
  const question = { challenge, audience, userId, isUsernameless: true };
  const use = await verifyAssertion(tx, credential, question, assertion);
  const isAccepted = found !== undefined && use !== undefined && (await acceptUse(tx, { ...found, now }, use));
  const details = { purpose: 'sign_in', by: 'webauthn', signInId, ...(found && { factorId: found.factorId }) };
  if (!isAccepted) {
    await tx.audit({ action: 'mfa.challenge.failed', subject: userId, outcome: 'failure', details });
    return undefined;
  }
  const { factorId } = found;
  await tx.factors.noteUse(factorId, now);
  await tx.audit({ action: 'mfa.challenge.passed', subject: userId, outcome: 'success', details });
  return { userId, factorId, worth: worthOf(found) };
}

import { withTransaction } from '@bank/database';
import { DomainError, isBlocked } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import { confirmPassword, endFailures, type OwnSession } from '#features/password/confirm-password.ts';
import { isStillPassword } from '#features/password/policies.ts';
import { assuranceOf } from '#features/second-factor/assurance.ts';
import type { SignedIn } from '#features/session/open-session.ts';
import { withFailureLimit } from '#features/sign-in/address-failures.ts';
import { isEmailedCode, stepUpCode } from '#features/sign-in/emailed-code.ts';
import { type CodeVerdict, judgeEmailedCode } from '#features/sign-in/judge-emailed-code.ts';
import { codeAttemptsMax } from '#features/sign-in/policies.ts';
import { refuseLocked } from '#features/sign-in/refuse-locked.ts';
import { renewSession } from '#features/step-up/renew-session.ts';
import { requireNoFactor } from '#features/step-up/require-no-factor.ts';
import { proveEmail } from '#features/user/prove-email.ts';

type Outcome = { kind: 'renewed'; signedIn: SignedIn } | Exclude<CodeVerdict, { kind: 'right' }>;

/**
 * Renews `auth_time` by the password, for a user without a factor; on an unknown device by an emailed code as well, which proves
 * the address to be the user's. The session is at `aal1` afterwards, whatever it was. A wrong password counts in the same pools as a sign-in's.
 */
export async function stepUpWithPassword(
  ctx: AppContext,
  own: OwnSession,
  proof: { password: string; code: string | undefined },
): Promise<SignedIn> {
  const { who, user, isDeviceKnown } = own;
  await requireNoFactor(ctx, user);
  if (!isDeviceKnown && proof.code === undefined) throw new DomainError('auth.step_up.code_required');
  const confirmed = await confirmPassword(ctx, own, proof.password, 'auth.step_up.failed');
  const audits = ['auth.stepped_up', 'auth.step_up.failed', 'auth.sign_in.locked', 'user.email_proven'] as const;
  const renew = () =>
    withTransaction(ctx, { who, audits }, async (tx): Promise<Outcome> => {
      // The user's row first: all who change a user lock in that order.
      const held = await tx.users.lock(user.userId);
      if (!isDeviceKnown) {
        const verdict = await judgeCode(tx, own, proof.code ?? '');
        if (verdict.kind !== 'right') return verdict;
      }
      const current = await tx.users.shareCredential(user.userId);
      const isSame = current !== undefined && isStillPassword(confirmed.credential, current);
      if (held === undefined || !isSame || isBlocked(current.status, 'sign_in')) {
        throw new DomainError('auth.credentials.invalid', { reason: 'changed meanwhile' });
      }
      await endFailures(tx, confirmed);
      if (!isDeviceKnown && current.compromisedAt === null) await proveEmail(tx, held);
      const assurance = assuranceOf(['password', isDeviceKnown ? 'device' : 'emailed_code']);
      return { kind: 'renewed', signedIn: await renewSession(tx, user, assurance) };
    });
  const outcome = await withFailureLimit(ctx, own.caller.clientAddress, renew, ({ kind }) => kind === 'wrong');
  if (outcome.kind === 'renewed') return outcome.signedIn;
  if (outcome.kind === 'locked') return await refuseLocked(ctx, who, outcome.attempt);
  throw new DomainError('auth.second_factor.invalid', { reason: 'emailed code' });
}

/** Counts a try of the session's code, within the count of all codes of the user, and judges it; the ledger is told of a wrong one. */
async function judgeCode(tx: AppTransaction, { user, session }: OwnSession, code: string): Promise<CodeVerdict> {
  const { userId, sessionId } = user;
  const from = { userId, clientId: session.clientId, knownDeviceId: undefined };
  const verdict = await judgeEmailedCode(tx, from, async () => {
    const stored = await tx.stepUpCodes.claimTry(sessionId, { attemptsMax: codeAttemptsMax, now: tx.clock.now() });
    return stored !== undefined && isEmailedCode(tx, stepUpCode, stored, code);
  });
  if (verdict.kind === 'right') await tx.stepUpCodes.remove(sessionId);
  if (verdict.kind === 'wrong') {
    const failure = { action: 'auth.step_up.failed', subject: userId, outcome: 'failure' } as const;
    await tx.audit({ ...failure, reason: 'code', details: { sessionId } });
  }
  return verdict;
}

import { readerOf } from '@bank/database';
import { allow, DomainError, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { resolveClient } from '#features/client/resolve-client.ts';
import type { SignedIn } from '#features/session/open-session.ts';
import { completeWithEmailedCode } from '#features/sign-in/complete-with-emailed-code.ts';
import { completeWithFactor } from '#features/sign-in/complete-with-factor.ts';
import { CompleteSignInSchema, EmailedAnswerSchema } from '#features/sign-in/schemas.ts';

/**
 * The second half of a sign-in: by a factor or a recovery code, which mfa judges, or by an emailed code for a user who has
 * none. @throws request.invalid, auth.client.unknown, auth.origin.refused, auth.login.invalid, auth.second_factor.invalid,
 * auth.second_factor.locked, auth.password.compromised, service.unavailable
 */
export async function completeSignIn(ctx: AppContext, input: unknown, caller: Caller): Promise<SignedIn> {
  const who = allow.anyone(caller.actor);
  const request = parse(CompleteSignInSchema, input);
  const client = resolveClient(ctx, request.clientId, caller);
  const pending = await readerOf(ctx).signIns.findOpen(request.loginId, ctx.clock.now());
  if (pending === undefined || pending.clientId !== client.id) {
    throw new DomainError('auth.login.invalid', { reason: 'unknown, closed, or of another client' });
  }
  const { challengeId, response, recoveryCode } = request;
  const half = { who, request, client, caller };
  if (pending.method === 'factor') {
    if (recoveryCode !== undefined) return await completeWithFactor(ctx, half, { recoveryCode });
    if (challengeId !== undefined && response !== undefined) {
      return await completeWithFactor(ctx, half, { challengeId, answer: response });
    }
  } else if (challengeId !== undefined && response !== undefined && 'code' in response) {
    const { code } = parse(EmailedAnswerSchema, { response }).response;
    return await completeWithEmailedCode(ctx, half, pending.userId, { challengeId, code });
  }
  throw new DomainError('auth.second_factor.invalid', { reason: 'no answer to what was asked' });
}

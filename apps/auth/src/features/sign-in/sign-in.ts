import { allow, DomainError, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { resolveClient } from '#features/client/resolve-client.ts';
import { flagCompromised } from '#features/password/compromised.ts';
import { renewHash } from '#features/password/renew-hash.ts';
import type { SignedIn } from '#features/session/open-session.ts';
import { presentedDevice } from '#features/session/recognise-device.ts';
import { withFailureLimit } from '#features/sign-in/address-failures.ts';
import { beginAttempt } from '#features/sign-in/attempt.ts';
import { awaitSecondHalf, type SecondHalf } from '#features/sign-in/await-second-half.ts';
import { completeWithPassword } from '#features/sign-in/complete-with-password.ts';
import { judgeAttempt } from '#features/sign-in/judge-attempt.ts';
import { decideSignIn } from '#features/sign-in/policies.ts';
import { recordRefusal } from '#features/sign-in/record-refusal.ts';
import { SignInSchema } from '#features/sign-in/schemas.ts';

export type SignInResult = { kind: 'signed_in'; signedIn: SignedIn } | SecondHalf;

/**
 * Signs in with a password, or with its first half when more is asked. Attempts are counted before anything is hashed, and
 * every attempt costs the same work, whether or not the identifier names a user (SR-12, SR-15, SR-16).
 * @throws request.invalid, auth.client.unknown, auth.origin.refused, auth.credentials.invalid, auth.credentials.locked,
 * auth.password.compromised, request.rate_limited, service.overloaded, service.unavailable
 */
export async function signIn(ctx: AppContext, input: unknown, caller: Caller): Promise<SignInResult> {
  const who = allow.anyone(caller.actor);
  const request = parse(SignInSchema, input);
  const client = resolveClient(ctx, request.clientId, caller);
  const device = presentedDevice(request, caller);
  const judge = async () => {
    const begun = await beginAttempt(ctx, { who, identifier: request.identifier, client, device, caller });
    const facts = await judgeAttempt(ctx, begun, request.password);
    return { attempt: begun, judged: facts, decision: decideSignIn(facts) };
  };
  // Counted once the turn is near: those who wait for it take nothing from others behind the same address.
  const { attempt, judged, decision } = await ctx.hasher.admit(() =>
    withFailureLimit(ctx, caller.clientAddress, judge, (outcome) => outcome.decision.kind === 'refuse'),
  );
  if (decision.kind === 'refuse') {
    await recordRefusal(ctx, who, attempt, decision.reason);
    throw new DomainError('auth.credentials.invalid', { reason: decision.reason });
  }
  // Whatever else is asked for is proven first: until then nobody is told of it (SR-16).
  if (judged.isListed) await flagCompromised(ctx, who, attempt.credential);
  if (decision.kind === 'open_session') {
    return { kind: 'signed_in', signedIn: await completeWithPassword(ctx, who, attempt, request.password, judged) };
  }
  if (judged.stale) await renewHash(ctx, who, { credential: attempt.credential, password: request.password });
  return await awaitSecondHalf(ctx, who, attempt, decision.kind === 'ask_factor' ? judged.factors : 'emailed_code');
}

import { withTransaction } from '@bank/database';
import { allow, DomainError, type Grant, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { isEntitled } from '#features/client/entitlement.ts';
import { resolveClient } from '#features/client/resolve-client.ts';
import { type JudgedPasskey, judgePasskey } from '#features/passkey/judge-passkey.ts';
import { openByPasskey } from '#features/passkey/open-by-passkey.ts';
import { decidePasskeySignIn } from '#features/passkey/policies.ts';
import { refusePasskey } from '#features/passkey/refuse-passkey.ts';
import { PasskeySignInSchema } from '#features/passkey/schemas.ts';
import { openingAudits, type SignedIn } from '#features/session/open-session.ts';
import { presentedDevice } from '#features/session/recognise-device.ts';
import { withFailureLimit } from '#features/sign-in/address-failures.ts';
import { isCutOff, type RefusalReason } from '#features/sign-in/policies.ts';
import type { PasskeySignIn } from '#storage/sign-ins/passkey-sign-in.repository.ts';

type Outcome = { kind: 'signed_in'; signedIn: SignedIn } | { kind: 'refused'; reason: RefusalReason };

const audits = [...openingAudits, 'auth.sign_in.failed', 'auth.recovery.cancelled'] as const;

/**
 * Signs in with a passkey and nothing else: it says whose it is, and is both factors in one. The challenge is used up before
 * mfa judges the answer. Whatever is wrong, the same is asked of everybody and the same answered (SR-15, SR-16); failures count
 * for the address, as those of passwords do (SR-13), and for no user, whom nobody can lock out so (SR-14).
 * @throws request.invalid, auth.client.unknown, auth.origin.refused, auth.login.invalid, auth.credentials.invalid,
 * request.rate_limited, service.unavailable
 */
export async function signInWithPasskey(ctx: AppContext, input: unknown, caller: Caller): Promise<SignedIn> {
  const who = allow.anyone(caller.actor);
  const request = parse(PasskeySignInSchema, input);
  const client = resolveClient(ctx, request.clientId, caller);
  const device = presentedDevice(request, caller);
  const judge = async () => {
    const begun = await useUp(ctx, who, { id: request.loginId, clientId: client.id });
    const given = { begun, client, device, caller, assertion: request.response.assertion };
    return await decide(ctx, who, await judgePasskey(ctx, given));
  };
  const outcome = await withFailureLimit(ctx, caller.clientAddress, judge, ({ kind }) => kind === 'refused');
  if (outcome.kind === 'signed_in') return outcome.signedIn;
  throw new DomainError('auth.credentials.invalid', { reason: outcome.reason });
}

async function decide(ctx: AppContext, who: Grant, judged: JudgedPasskey): Promise<Outcome> {
  const { begun, client } = judged;
  return await withTransaction(ctx, { who, audits }, async (tx): Promise<Outcome> => {
    // Held against change until the session is open; of a decoy nothing is found.
    const current = await tx.users.shareCredential(judged.userId);
    const decision = decidePasskeySignIn({
      isProven: judged.isProven,
      userState: current?.status,
      isCutOff: current !== undefined && isCutOff(current, begun.createdAt),
      isEntitled: isEntitled(client, current?.roles ?? []),
      verdict: judged.verdict,
    });
    if (decision.kind === 'open' && current !== undefined) {
      return { kind: 'signed_in', signedIn: await openByPasskey(tx, judged, current.roles) };
    }
    const reason = decision.kind === 'refused' ? decision.reason : 'credentials';
    await refusePasskey(tx, judged, reason);
    return { kind: 'refused', reason };
  });
}

async function useUp(ctx: AppContext, who: Grant, asked: { id: string; clientId: string }): Promise<PasskeySignIn> {
  const unaudited = 'uses a challenge up: the ledger gets what becomes of it';
  const begun = await withTransaction(ctx, { who, unaudited }, (tx) =>
    tx.passkeySignIns.consume(asked, tx.clock.now()),
  );
  if (begun === undefined)
    throw new DomainError('auth.login.invalid', { reason: 'unknown, used, expired, or of another' });
  return begun;
}

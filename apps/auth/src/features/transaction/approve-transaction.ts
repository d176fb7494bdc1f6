import { readerOf, withTransaction } from '@bank/database';
import { audiences, DomainError } from '@bank/domain';
import { signJwt, toBase64Url } from '@bank/security';
import type { PasskeyFacts } from '#adapters/factors/assertion.ts';
import type { FactorAnswer } from '#adapters/factors/factor-challenges.ts';
import { nameOf } from '#adapters/factors/factor-kind.ts';
import type { AppContext } from '#context.ts';
import type { OwnSession } from '#features/password/confirm-password.ts';
import { endRecoveries } from '#features/recovery/end-recoveries.ts';
import { refusalOf } from '#features/second-factor/refusals.ts';
import { withFailureLimit } from '#features/sign-in/address-failures.ts';
import { approvalAmr, transactionTokenSeconds } from '#features/transaction/policies.ts';
import type { TransactionToken } from '#features/transaction/schemas.ts';
import type { Transaction } from '#storage/transactions/transaction.entity.ts';

/** What a device or a person answers. */
export type ApprovalAnswer = { readonly signature: string } | FactorAnswer;

type Verdict = { kind: 'accepted'; passkey?: PasskeyFacts } | { kind: 'wrong' } | { kind: 'closed' };
type Owner = Omit<OwnSession, 'isDeviceKnown'>;

/** The transaction that a challenge of this session asks about; nothing when it is about something else, or over. */
export function findTransaction(
  ctx: AppContext,
  { user: { userId, sessionId } }: Owner,
  id: string,
): Promise<Transaction | undefined> {
  return readerOf(ctx).transactions.findAsked({ id, userId, sessionId }, ctx.clock.now());
}

/**
 * Approves a transaction by the answer of whoever was asked, once, and gives the token by which it is executed: signed, good
 * for five minutes, for this transaction and this session (SR-63). A wrong answer counts as everywhere and is in the ledger.
 * @throws request.invalid, auth.second_factor.invalid, auth.second_factor.locked, challenge.not_found, request.rate_limited,
 * service.unavailable
 */
export async function approveTransaction(
  ctx: AppContext,
  own: Owner,
  asked: Transaction,
  answer: ApprovalAnswer,
): Promise<TransactionToken> {
  const { who, user, caller } = own;
  const audits = ['transaction.approved', 'transaction.refused', 'auth.recovery.cancelled'] as const;
  const details = { transactionId: asked.id, type: asked.type, method: asked.method, sessionId: user.sessionId };
  const judged = () => judge(ctx, asked, answer);
  const verdict = await withFailureLimit(ctx, caller.clientAddress, judged, ({ kind }) => kind === 'wrong');
  if (verdict.kind === 'wrong') {
    const refusal = {
      action: 'transaction.refused',
      subject: user.userId,
      outcome: 'failure',
      reason: 'answer',
    } as const;
    await withTransaction(ctx, { who, audits }, (tx) => tx.audit({ ...refusal, details }));
    throw new DomainError('auth.second_factor.invalid', { reason: asked.method });
  }
  if (verdict.kind === 'closed') throw new DomainError('challenge.not_found', { reason: 'answered or over' });
  const now = ctx.clock.now();
  const issuedAt = Math.floor(now.getTime() / 1000);
  const expiresAt = new Date((issuedAt + transactionTokenSeconds) * 1000);
  await withTransaction(ctx, { who, audits }, async (tx) => {
    // Whoever can approve has not lost everything. Side by side, in one round trip.
    const [isApproved] = await Promise.all([
      tx.transactions.approve(asked, { now, expiresAt }),
      endRecoveries(tx, user.userId, 'second_factor'),
    ]);
    if (!isApproved) throw new DomainError('challenge.not_found');
    await tx.audit({ action: 'transaction.approved', subject: user.userId, outcome: 'success', details });
  });
  return {
    transactionToken: tokenOf(ctx, own, asked, { issuedAt, amr: approvalAmr(asked.method, verdict.passkey) }),
    transactionId: asked.id,
    expiresIn: transactionTokenSeconds,
  };
}

/** @throws request.invalid when what came is no answer of what was asked; auth.second_factor.locked */
async function judge(ctx: AppContext, asked: Transaction, answer: ApprovalAnswer): Promise<Verdict> {
  const { userId, sessionId, factorId: deviceId, challengeId, method } = asked;
  if (method === 'device_key') {
    if (!('signature' in answer)) throw noAnswer('signature');
    const signature = Buffer.from(answer.signature, 'base64url');
    return { kind: await ctx.deviceKeys.verify({ userId, sessionId, deviceId }, { challengeId, signature }) };
  }
  const needed = method === 'sms' ? 'code' : 'assertion';
  if ('signature' in answer || !(needed in answer)) throw noAnswer(needed);
  const binding = { userId, purpose: 'transaction', bindingId: asked.id, audience: audiences.customers } as const;
  const verdict = await ctx.factorChallenges.verify(binding, { challengeId, answer });
  if (verdict.kind === 'locked') throw refusalOf(verdict, 'challenge.not_found');
  // By what else it was proved says nothing of the transaction.
  return verdict.kind === 'accepted' && nameOf(verdict.by) !== method ? { kind: 'wrong' } : verdict;
}

function noAnswer(rule: string): DomainError {
  return new DomainError('request.invalid', { details: { errors: [{ path: 'response', rule }] } });
}

/** Ids, codes and a digest: nothing of what is approved can be read in it (SR-59). */
function tokenOf(
  ctx: AppContext,
  { user, session }: Owner,
  asked: Transaction,
  { issuedAt, amr }: { issuedAt: number; amr: readonly string[] },
): string {
  return signJwt(ctx.keyRing.current(ctx.clock.now()), 'txn+jwt', {
    iss: ctx.config.TOKEN_ISSUER,
    aud: user.audience,
    sub: user.userId,
    sid: user.sessionId,
    jti: asked.id,
    act: asked.type,
    dig: toBase64Url(asked.digest),
    amr: [...new Set([...session.amr, ...amr])],
    iat: issuedAt,
    exp: issuedAt + transactionTokenSeconds,
  });
}

import { readerOf, withTransaction } from '@bank/database';
import { audiences, DomainError, type Grant, type UserActor, type UserId } from '@bank/domain';
import { toBase64Url } from '@bank/security';
import type { PasskeyQuestion } from '#adapters/factors/assertion.ts';
import { noAnswerOf } from '#adapters/no-answer.ts';
import type { AppContext } from '#context.ts';
import { refusalOf } from '#features/second-factor/refusals.ts';
import { requireTextCode } from '#features/second-factor/require-text-code.ts';
import { type ReadTransaction, readTransaction } from '#features/transaction/registry.ts';
import type { AskedTransaction } from '#features/transaction/schemas.ts';
import type { Shown } from '#features/transaction/transaction-type.ts';
import type { Transaction } from '#storage/transactions/transaction.entity.ts';

/** A question whose right answer approves a transaction. */
export interface TransactionChallenge {
  readonly challengeId: string;
  readonly type: string;
  readonly expiresIn: number;
  /** What a device signs beside the digest, in base64url; nothing where it is not a device that is asked. */
  readonly challenge?: string;
  /** What a browser asks for the passkey with; its challenge is SHA-256 of `nonce` and the digest, both in base64url. */
  readonly options?: PasskeyQuestion;
  readonly nonce?: string;
  readonly transaction: AskedTransaction;
}

type Asked = Pick<Transaction, 'method' | 'challengeId' | 'expiresAt'>;
type Question = Pick<TransactionChallenge, 'challenge' | 'options' | 'nonce'>;

/**
 * Asks a customer to approve one transaction: with the key of one of their devices, with a passkey, or by a code in a text
 * message that states it (SR-63): where none can, that is refused. Of the transaction its type and digest are kept, and nothing else.
 * @throws access.forbidden, request.invalid, factor.not_found, auth.second_factor.locked, request.rate_limited, service.unavailable
 */
export async function challengeTransaction(
  ctx: AppContext,
  { who, user }: { who: Grant; user: UserActor },
  { factorId, transaction }: { factorId: string; transaction: unknown },
): Promise<TransactionChallenge> {
  if (user.audience !== audiences.customers) {
    throw new DomainError('access.forbidden', { reason: 'staff approve by approvals' });
  }
  const read = readTransaction(transaction);
  const { userId, sessionId } = user;
  const id = ctx.ids.next();
  const { asked, question } = await ask(ctx, user, { id, factorId, ...read });
  const unaudited = 'a question: the ledger gets what comes of it';
  const { type, digest, shown } = read;
  await withTransaction(ctx, { who, unaudited }, (tx) =>
    tx.transactions.insert({ ...asked, id, userId, sessionId, type, digest, factorId }),
  );
  const expiresIn = Math.max(0, Math.floor((asked.expiresAt.getTime() - ctx.clock.now().getTime()) / 1000));
  const { title, lines } = shown;
  const shownTo = { title, lines: [...lines], digest: toBase64Url(digest) };
  return { challengeId: id, type: asked.method, expiresIn, ...question, transaction: shownTo };
}

/** The devices of a user are known here; whether one of them has a key `device` knows, and of all else `mfa`. */
async function ask(
  ctx: AppContext,
  { userId, sessionId }: UserActor,
  { id, factorId, digest, shown }: ReadTransaction & { readonly id: string; readonly factorId: string },
): Promise<{ asked: Asked; question: Question }> {
  if ((await readerOf(ctx).devices.find(userId, factorId)) === undefined) {
    const binding = { userId, purpose: 'transaction', bindingId: id, audience: audiences.customers } as const;
    const text = shown.text ?? (await withoutText(ctx, { userId, factorId }, shown));
    await requireTextCode(ctx, { userId, factorId });
    const started = await ctx.factorChallenges.start(binding, factorId, { text, digest });
    if (started.kind !== 'started') throw refusalOf(started, 'factor.not_found');
    const { type: method, challengeId, expiresAt, question: options, nonce } = started;
    if (method === 'sms') return { asked: { method, challengeId, expiresAt }, question: {} };
    if (method !== 'webauthn' || options === undefined || nonce === undefined) throw unfit();
    return { asked: { method, challengeId, expiresAt }, question: { options, nonce } };
  }
  const started = await ctx.deviceKeys.start({ userId, sessionId, deviceId: factorId }, digest);
  if (started === undefined) throw unfit();
  const { challengeId, challenge, expiresAt } = started;
  const asked = { method: 'device_key', challengeId, expiresAt } as const;
  return { asked, question: { challenge: toBase64Url(challenge) } };
}

/** A passkey signs the digest, and needs no text: it has the title. Whatever would send the text is refused. */
async function withoutText(
  ctx: AppContext,
  { userId, factorId }: { userId: UserId; factorId: string },
  { title }: Shown,
): Promise<string> {
  const factors = await ctx.factors.list(userId);
  if (factors === undefined) throw noAnswerOf('mfa');
  if (factors.find(({ id }) => id === factorId)?.kind.name !== 'webauthn') throw unfit();
  return title;
}

function unfit(): DomainError {
  return new DomainError('factor.not_found', { reason: 'nothing that approves transactions' });
}

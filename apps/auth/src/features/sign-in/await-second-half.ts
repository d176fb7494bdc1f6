import { readerOf, withStatement } from '@bank/database';
import { DomainError, type FactorKind, type Grant, type UserId } from '@bank/domain';
import type { Factor } from '#adapters/factors/factor-directory.ts';
import type { AppContext } from '#context.ts';
import type { Attempt } from '#features/sign-in/attempt.ts';
import { pendingSignInSeconds } from '#features/sign-in/policies.ts';
import { tellOfLocksUntold } from '#features/sign-in/tell-of-lock.ts';
import { openContact } from '#features/user/contact.ts';
import { maskEmail } from '#features/user/mask-email.ts';
import { maskPhone } from '#features/user/mask-phone.ts';

/** A factor as whoever signs in is told of it. */
interface ShownFactor {
  id: string;
  /** The name of its kind. */
  type: string;
  hint: string;
}

/** A sign-in whose password was right and which needs more. */
export interface SecondHalf {
  kind: 'mfa_required';
  loginId: string;
  factors: readonly ShownFactor[];
  expiresIn: number;
}

/** Keeps the sign-in for its second half: one of the user's factors, or an emailed code for a user who has none. */
export async function awaitSecondHalf(
  ctx: AppContext,
  who: Grant,
  attempt: Attempt,
  by: readonly Factor[] | 'emailed_code',
): Promise<SecondHalf> {
  const { id, at, client, subjectHash, pool, credential } = attempt;
  if (credential === undefined) throw new DomainError('auth.credentials.invalid', { reason: 'no user' });
  const { userId } = credential;
  await tellOfLocksUntold(ctx, who, { ...attempt, userId });
  const expiresAt = new Date(at.getTime() + pendingSignInSeconds * 1000);
  const method = by === 'emailed_code' ? by : 'factor';
  const pending = { id, userId, clientId: client.id, subjectHash, pool, method, createdAt: at, expiresAt } as const;
  const unaudited = 'nothing has been decided: the ledger gets the end of it';
  await withStatement(ctx, { who, unaudited }, ({ signIns }) => signIns.insert(pending));
  // An emailed code is no enrolled factor: it goes by the id of the sign-in that it belongs to.
  const asked = by === 'emailed_code' ? [{ id, type: 'email', hint: '', isSent: true }] : by.map(viewFactor);
  const factors = await withHints(ctx, userId, asked);
  return { kind: 'mfa_required', loginId: id, factors, expiresIn: pendingSignInSeconds };
}

type Asked = ShownFactor & Pick<FactorKind, 'isSent'>;

function viewFactor({ id, kind: { name: type, isSent }, hint }: Factor): Asked {
  return { id, type, hint, isSent };
}

/** As they are told of; those that codes are sent for say where to, as only auth knows. */
async function withHints(ctx: AppContext, userId: UserId, asked: readonly Asked[]): Promise<readonly ShownFactor[]> {
  if (!asked.some(({ isSent }) => isSent)) return asked.map(({ id, type, hint }) => ({ id, type, hint }));
  const reader = readerOf(ctx);
  const user = await reader.users.find(userId);
  if (user === undefined || user.contact === null) return [];
  const { email, phone } = await openContact(reader, { table: 'users', userId }, user.contact);
  const hints: ReadonlyMap<string, string> = new Map([
    ['email', maskEmail(email)],
    ['sms', phone === null ? '' : maskPhone(phone)],
  ]);
  return asked.map(({ id, type, hint, isSent }) => ({
    id,
    type,
    hint: (isSent ? hints.get(type) : undefined) ?? hint,
  }));
}

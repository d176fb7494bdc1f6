import { type UserId, userKey } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import type { Address } from '#features/address/index-address.ts';
import { makeChangeCode, sealAddress } from '#features/contact-change/change-code.ts';
import { changeCounters, pendingSeconds } from '#features/contact-change/policies.ts';
import { sendChangeCode } from '#features/contact-change/send-change-code.ts';
import { type Counted, countOne } from '#features/limit/count-one.ts';
import type { User } from '#storage/users/user.repository.ts';

const daySeconds = 86_400;

/**
 * Counts a code that a user asks for. It goes to an address, whose limits at sending know nothing of who asked (SR-18). Whoever sends
 * none gives it back: what brings no message uses up none of those that its user may need.
 */
export function countCodeAsked(ctx: AppContext, kind: Address['kind'], userId: UserId): Promise<Counted> {
  const points = kind === 'phone' ? ctx.config.SMS_PER_USER_PER_DAY : ctx.config.EMAILS_PER_USER_PER_DAY;
  return countOne(ctx, userKey(userId, `${kind}-codes`), { points, windowSeconds: daySeconds });
}

/**
 * Keeps an address until it is proven, in place of the one that was pending, and sends it a code that is good in one session
 * (SR-24); tries and messages stay counted (SR-25, SR-26). False, with nothing written, when there were too many.
 */
export async function beginChange(
  tx: AppTransaction,
  user: Pick<User, 'id' | 'locale'>,
  sessionId: string,
  address: Address,
): Promise<boolean> {
  const userId = user.id;
  const now = tx.clock.now();
  const bound = { userId, kind: address.kind, sessionId, id: tx.ids.next() };
  const { code, codeHash, codeExpiresAt } = makeChangeCode(tx, bound);
  const sealed = await sealAddress(tx, userId, address);
  const expiresAt = new Date(now.getTime() + pendingSeconds * 1000);
  const change = { ...bound, address: sealed, codeHash, codeExpiresAt, expiresAt };
  if (!(await tx.contactChanges.replace(change, { ...changeCounters, now }))) return false;
  await sendChangeCode(tx, user, { address, code, expiresAt: codeExpiresAt });
  return true;
}

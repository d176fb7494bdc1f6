import { readerOf } from '@bank/database';
import { DomainError, type UserId } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { textCodesFrom } from '#features/delivery/text-codes-from.ts';
import { openContact } from '#features/user/contact.ts';

/**
 * Refuses to ask the holder of a live session for a code by text message that would be kept back: whoever is signed in is told when the
 * next one goes out, and waits for none that does not come (SR-18). Other kinds of factors wait for nothing, and whether there is such a
 * factor mfa says. @throws request.rate_limited
 */
export async function requireTextCode(
  ctx: AppContext,
  { userId, factorId }: { userId: UserId; factorId: string },
): Promise<void> {
  const factors = await ctx.factors.list(userId);
  if (factors?.find(({ id }) => id === factorId)?.kind.name !== 'sms') return;
  const reader = readerOf(ctx);
  const user = await reader.users.find(userId);
  if (user === undefined || user.contact === null) return;
  const { phone } = await openContact(reader, { table: 'users', userId }, user.contact);
  const from = phone === null ? undefined : await textCodesFrom(ctx, user, phone);
  if (from === undefined) return;
  const retryAfterSeconds = Math.ceil((from.getTime() - ctx.clock.now().getTime()) / 1000);
  throw new DomainError('request.rate_limited', {
    reason: 'text messages',
    details: { retryAfterSeconds: Math.max(1, retryAfterSeconds) },
  });
}

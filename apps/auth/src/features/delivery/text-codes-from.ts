import type { PhoneNumber } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { countedMessage } from '#features/delivery/admit-message.ts';
import { limitsOf } from '#features/delivery/policies.ts';
import type { User } from '#storage/users/user.repository.ts';

/**
 * From when on a code that a live session asks for goes to the user's number: one that took the place of another waits (SR-28), and
 * after as many as its limits let pass the next waits as well (SR-18). Undefined where that is now. It counts nothing, which
 * handing messages over does.
 */
export async function textCodesFrom(
  ctx: AppContext,
  { id: userId, phoneCodesFrom }: Pick<User, 'id' | 'phoneCodesFrom'>,
  phone: PhoneNumber,
): Promise<Date | undefined> {
  const now = ctx.clock.now().getTime();
  const counted = countedMessage(ctx, { kind: 'phone', value: phone }, { userId, template: 'transaction-code' });
  const waits = await Promise.all(
    limitsOf(counted, ctx.config).map(async ({ key, points, windowSeconds }) => {
      const { remaining, resetSeconds } = await ctx.rateLimits.consume(key, { points, windowSeconds }, 0);
      return remaining > 0 ? 0 : resetSeconds * 1000;
    }),
  );
  const from = Math.max(phoneCodesFrom?.getTime() ?? 0, now + Math.max(...waits));
  return from > now ? new Date(from) : undefined;
}

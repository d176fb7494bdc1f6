import { readerOf } from '@bank/database';
import { DomainError, parse, UserIdSchema } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { settingsTtlSeconds } from '#storage/settings-cache.ts';

/**
 * Puts the settings of a user into the cache as they are now, since they changed at `changedAt`: whoever wrote them may have
 * failed to. @throws request.invalid, or service.unavailable while the cache takes nothing and may still give something older
 */
export async function refreshSettings(ctx: AppContext, input: { userId: unknown; changedAt: Date }): Promise<void> {
  const userId = parse(UserIdSchema, input.userId);
  const settings = await readerOf(ctx).settings.find(userId);
  if (settings === undefined || (await ctx.settingsCache.put(settings))) return;
  const isOver = ctx.clock.now().getTime() - input.changedAt.getTime() > settingsTtlSeconds * 1000;
  if (isOver) return;
  throw new DomainError('service.unavailable', { reason: 'Redis is away', details: { retryAfterSeconds: 1 } });
}

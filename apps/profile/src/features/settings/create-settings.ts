import { withTransaction } from '@bank/database';
import { allow, canonicalLanguage, parse, UserIdSchema } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { unwrittenSettings } from '#storage/settings.entity.ts';

/**
 * Gives a new user settings in the language that was chosen at registration, if one was chosen that there is. Their version is
 * that of no settings, so that the user's first change fits before and after. What the user has written meanwhile stays.
 * @throws request.invalid
 */
export async function createSettings(ctx: AppContext, input: { userId: unknown; locale: string }): Promise<void> {
  const userId = parse(UserIdSchema, input.userId);
  const language = canonicalLanguage(input.locale) ?? null;
  const unaudited = 'keeps what the registration told: the user has chosen nothing yet';
  await withTransaction(ctx, { who: allow.system('create-settings'), unaudited }, async (tx) => {
    await tx.settings.insert(userId, { ...unwrittenSettings(userId), language }, ctx.clock.now());
  });
}

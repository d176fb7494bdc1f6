import { withTransaction } from '@bank/database';
import { allow, canonicalLanguage, parse, UserIdSchema } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { noteChange } from '#features/settings/note-change.ts';
import { unwrittenSettings } from '#storage/settings.entity.ts';

/**
 * Gives a new user settings in the language that was chosen at registration, if one was chosen that there is. Their version is
 * that of no settings, so that the user's first change fits before and after. What the user has written meanwhile stays, and gets
 * the language where they have chosen none.
 * @throws request.invalid
 */
export async function createSettings(ctx: AppContext, input: { userId: unknown; locale: string }): Promise<void> {
  const userId = parse(UserIdSchema, input.userId);
  const language = canonicalLanguage(input.locale) ?? null;
  const access = { who: allow.system('create-settings'), audits: ['settings.updated'] } as const;
  await withTransaction(ctx, access, async (tx) => {
    const at = tx.clock.now();
    if (await tx.settings.insert(userId, { ...unwrittenSettings(userId), language }, at)) return;
    if (language === null) return;
    const written = await tx.settings.addLanguage(userId, language, at);
    if (written !== undefined) await noteChange(tx, written, ['language']);
  });
}

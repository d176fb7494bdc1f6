import { parse, UserIdSchema } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { NamedLanguage } from '#features/user/adopt-language.ts';

/** The language that profile knows of a user now. @throws request.invalid, service.unavailable, service.deadline */
export async function findLanguage({ settings }: AppContext, of: unknown): Promise<NamedLanguage> {
  const userId = parse(UserIdSchema, of);
  const { language, version } = await settings.of(userId);
  return { userId, language, version };
}

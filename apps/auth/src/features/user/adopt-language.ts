import { withTransaction } from '@bank/database';
import { allow, type UserId } from '@bank/domain';
import type { AppContext } from '#context.ts';

/** The language that the settings of a user name in one of their versions. */
export interface NamedLanguage {
  readonly userId: UserId;
  /** BCP 47; undefined when the user left it to the bank. */
  readonly language: string | undefined;
  readonly version: number;
}

/** Writes to a user in the language of their settings from now on: messages about security ask no other service for it. */
export async function adoptLanguage(ctx: AppContext, { userId, language, version }: NamedLanguage): Promise<void> {
  const unaudited = 'follows the settings, whose change the ledger knows from profile';
  await withTransaction(ctx, { who: allow.system('adopt-language'), unaudited }, (tx) =>
    tx.users.adoptLocale(userId, { locale: language ?? null, version }),
  );
}

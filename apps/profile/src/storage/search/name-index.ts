import { createTokenIndex, type TokenIndex, type TokenPage } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { Keyring } from '@bank/security';
import type { EntityManager } from '@mikro-orm/postgresql';
import { type Findable, termsFor, termsOf, termsVersion, type Wanted } from '#storage/search/search-terms.ts';

/** Finds people by their names and dates of birth, of which it stores keyed digests alone (ADR 30). */
export interface NameIndex {
  /** What the terms of a person are made by: another one means that the person has to be indexed again. */
  scheme(): string;
  /** Makes the person findable by what they are called now, and by nothing else. */
  write(em: EntityManager, userId: UserId, person: Findable): Promise<void>;
  find(em: EntityManager, wanted: Wanted, page: { before?: string | undefined; limit: number }): Promise<TokenPage>;
}

/** The index over `profile.search_tokens`. */
export function createNameIndex(keyring: Keyring): NameIndex {
  const tokens: TokenIndex = createTokenIndex({ schema: 'profile', table: 'search_tokens', keyring });
  return {
    scheme: () => `${termsVersion}.${keyring.current().id}`,
    write: (em, userId, person) => tokens.replace(em, userId, termsOf(person)),
    find: (em, wanted, page) => tokens.page(em, { terms: termsFor(wanted), ...page }),
  };
}

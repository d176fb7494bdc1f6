import type { EntityManager } from '@mikro-orm/postgresql';
import { DataRightsRepository } from '#data-rights/data-rights.repository.ts';
import type { DataRights } from '#data-rights/declaration.ts';
import { DataKeyMissing, type PiiVault } from '#pii/pii-vault.ts';

/** What an erasure found to do. */
export interface ErasureReport {
  /** Whether this erasure was the first: the user's erasable key died in it. */
  readonly isFirst: boolean;
  readonly rows: number;
}

/**
 * Destroys a user's erasable key in a schema and removes what it keeps about them. A user who had no key gets one that is
 * destroyed at once: so that an erasure leaves its mark, and nothing can be sealed for them afterwards. Doing it again removes
 * what came late.
 */
export async function eraseRecords(
  { em, vault }: { readonly em: EntityManager; readonly vault: PiiVault },
  rights: DataRights,
  userId: string,
): Promise<ErasureReport> {
  try {
    await vault.createKeys(em, userId);
  } catch (error) {
    if (!(error instanceof DataKeyMissing)) throw error;
  }
  const tombstones = await vault.destroyKeys(em, userId, 'erasable');
  return { isFirst: tombstones.length > 0, rows: await new DataRightsRepository(em, rights).erase(userId) };
}

import { DataKeyMissing, type PiiVault, type SealedPlace } from '@bank/database';
import { DomainError, type UserId } from '@bank/domain';
import { SealBroken } from '@bank/security';
import type { EntityManager } from '@mikro-orm/postgresql';

/** Until somebody has looked into a record that does not open: it does not heal by itself. */
const repairSeconds = 3600;

/** Where the financial group of a row is sealed: its id is part of the place, so that two accounts of one user cannot be swapped either. */
export function financialPlace(userId: UserId, table: string, id: string): SealedPlace {
  return { userId, table, group: `financial:${id}`, keyClass: 'erasable' };
}

/** Opens a sealed record. @throws profile.unreadable for one that is damaged, moved, or of a user who has just been erased */
export async function openRecord<T>(
  em: EntityManager,
  vault: PiiVault,
  place: SealedPlace,
  sealed: Uint8Array,
): Promise<T> {
  try {
    return (await vault.open(em, place, sealed)) as T;
  } catch (cause) {
    if (!(cause instanceof SealBroken || cause instanceof DataKeyMissing)) throw cause;
    const reason = `a record of ${place.table} does not open: damaged, moved from another row, or erased (SR-84)`;
    throw new DomainError('profile.unreadable', { reason, details: { retryAfterSeconds: repairSeconds }, cause });
  }
}

import type { UserId } from '@bank/domain';
import type { AppTransaction } from '#context.ts';
import { purposes } from '#features/file/policies.ts';
import type { FilePurpose } from '#storage/files/file.entity.ts';

const kept = (Object.keys(purposes) as FilePurpose[]).filter((purpose) => purposes[purpose].keyClass === 'retained');

/**
 * Before a user is erased: all files of the user are let go but those that law keeps. Their bytes are unreadable from the moment
 * on in which the user's erasable key is destroyed; the housekeeping removes them.
 */
export async function releaseFiles(tx: AppTransaction, userId: UserId): Promise<void> {
  await tx.files.releaseUser(userId, kept, tx.clock.now());
}

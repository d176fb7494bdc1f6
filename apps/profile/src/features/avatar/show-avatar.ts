import { readerOf } from '@bank/database';
import { type Actor, DomainError, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { type FileLink, linkFile } from '#features/file-link/link-file.ts';

/** A link to the signed-in user's own picture. @throws auth.token.missing, file.not_found when there is none */
export async function showAvatar(ctx: AppContext, actor: Actor): Promise<FileLink> {
  const file = await readerOf(ctx).files.findNewest(requireUser(actor).userId, 'avatar');
  if (file === undefined) throw new DomainError('file.not_found');
  return linkFile(ctx, file);
}

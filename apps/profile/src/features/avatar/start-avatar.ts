import { readerOf } from '@bank/database';
import { type Actor, DomainError, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { type BegunUpload, beginUpload } from '#features/file/begin-upload.ts';

/** Begins the upload of a picture of the signed-in user. @throws what `beginUpload` throws, profile.not_found */
export async function startAvatar(ctx: AppContext, actor: Actor, file: unknown): Promise<BegunUpload> {
  const { userId } = requireUser(actor);
  if (!(await readerOf(ctx).profiles.exists(userId))) throw new DomainError('profile.not_found');
  return beginUpload(ctx, actor, { purpose: 'avatar', file });
}

import type { Actor } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { type BegunUpload, beginUpload } from '#features/file/begin-upload.ts';

/** Begins the upload of a picture of the signed-in user. @throws what `beginUpload` throws */
export async function startAvatar(ctx: AppContext, actor: Actor, file: unknown): Promise<BegunUpload> {
  return beginUpload(ctx, actor, { purpose: 'avatar', file });
}

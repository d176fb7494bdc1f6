import { type Actor, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { noteAvatar } from '#features/avatar/note-avatar.ts';
import { showAvatar } from '#features/avatar/show-avatar.ts';
import { completeUpload } from '#features/file/complete-upload.ts';
import { UploadReference } from '#features/file/schemas.ts';
import type { FileLink } from '#features/file-link/link-file.ts';

/**
 * Makes what the signed-in user sent the picture of their profile, in place of the one before, which goes. Gives a link to it,
 * and the version that the profile has by it.
 * @throws what `completeUpload` throws, profile.not_found
 */
export async function completeAvatar(
  ctx: AppContext,
  actor: Actor,
  reference: unknown,
): Promise<{ readonly link: FileLink; readonly version: number }> {
  // What is stored was attached before.
  let version!: number;
  await completeUpload(ctx, actor, {
    purpose: 'avatar',
    reference: parse(UploadReference, reference),
    async attach(tx, { userId }) {
      version = await noteAvatar(tx, userId);
      await tx.files.removeAll(userId, 'avatar', tx.clock.now());
    },
  });
  return { link: await showAvatar(ctx, actor), version };
}

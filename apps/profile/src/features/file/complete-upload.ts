import { DataKeyMissing, readerOf } from '@bank/database';
import { type Actor, DomainError, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { checkUpload, type JudgedContent } from '#features/file/check-upload.ts';
import { type ClaimedUpload, claimUpload, releaseUpload } from '#features/file/claim-upload.ts';
import { mayStillWrite, placeOf } from '#features/file/policies.ts';
import { UploadReference } from '#features/file/schemas.ts';
import { type AttachFile, refuseUpload, storeUpload } from '#features/file/settle-upload.ts';
import type { FilePurpose } from '#storage/files/file.entity.ts';

/**
 * Makes a file of what the signed-in user sent: looks into it, makes an image anew, seals it and forgets what came. One of
 * many who ask at once does it. `attach` runs in the transaction in which the file appears.
 * @throws auth.token.missing, request.invalid, file.not_found, file.upload.settled, file.upload.missing, file.refused,
 * service.unavailable, service.overloaded, request.rate_limited, and what `attach` throws
 */
export async function completeUpload(
  ctx: AppContext,
  actor: Actor,
  { purpose, reference, attach }: { purpose: FilePurpose; reference: unknown; attach?: AttachFile | undefined },
): Promise<{ readonly fileId: string }> {
  const { userId } = requireUser(actor);
  const { uploadId: id } = parse(UploadReference, reference);
  const upload = await claimUpload(ctx, actor, { id, userId, purpose });
  try {
    const content = await ctx.fileServices.checks.run(() => judgeAndWrite(ctx, upload), userId);
    if (content.kind === 'refused') {
      await refuseUpload(ctx, actor, upload, content.rule);
    } else {
      await storeUpload(ctx, actor, upload, { content, attach });
    }
    await forgetUpload(ctx, upload);
    if (content.kind === 'accepted') return { fileId: id };
    throw refusal(content.rule);
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'file.refused')) await releaseUpload(ctx, actor, upload);
    throw error;
  }
}

/** Outside of any transaction: what the storage, the scanner and the decoder take of time is theirs. */
async function judgeAndWrite(ctx: AppContext, upload: ClaimedUpload): Promise<JudgedContent> {
  requireTimeToWrite(ctx, upload);
  const content = await checkUpload(ctx, upload);
  if (content.kind === 'refused') return content;
  const sealed = await ctx.vault
    .sealBytes(readerOf(ctx).em, placeOf(upload), content.bytes)
    .catch((cause: unknown): never => {
      throw cause instanceof DataKeyMissing ? new DomainError('file.not_found', { reason: 'erased', cause }) : cause;
    });
  requireTimeToWrite(ctx, upload);
  await ctx.fileServices.storages.of(upload.provider).write(upload.storedKey, sealed);
  return content;
}

/** @throws service.unavailable */
function requireTimeToWrite({ clock }: AppContext, { claimedUntil }: ClaimedUpload): void {
  if (mayStillWrite(claimedUntil, clock.now())) return;
  throw new DomainError('service.unavailable', { reason: 'too little is left of the claim to write the file' });
}

/** At once where it can be; the housekeeping sees to it that it is. */
async function forgetUpload(ctx: AppContext, { provider, uploadKey, id }: ClaimedUpload): Promise<void> {
  await ctx.fileServices.storages
    .of(provider)
    .delete(uploadKey)
    .catch((err: unknown) => ctx.logger.warn({ documentId: id, err }, 'an upload stays until the housekeeping'));
}

function refusal(rule: string): DomainError {
  return new DomainError('file.refused', { reason: rule, details: { errors: [{ path: 'file', rule }] } });
}

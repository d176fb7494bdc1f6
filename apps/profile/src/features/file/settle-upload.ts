import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, type UserId } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import type { ClaimedUpload } from '#features/file/claim-upload.ts';

/** What is done in the transaction in which a file appears, before it does. What it throws lets nothing appear. */
export type AttachFile = (
  tx: AppTransaction,
  file: { readonly fileId: string; readonly userId: UserId },
) => Promise<void>;

interface Stored {
  readonly content: { readonly contentType: string; readonly bytes: Uint8Array };
  readonly attach: AttachFile | undefined;
}

/** The upload is a file from now on. @throws file.not_found when its user is gone, file.upload.settled */
export async function storeUpload(
  ctx: AppContext,
  actor: Actor,
  { id, userId, purpose, claim }: ClaimedUpload,
  { content, attach }: Stored,
): Promise<void> {
  await withTransaction(ctx, { who: allow.self(actor, userId), audits: ['file.stored'] }, async (tx) => {
    if (!(await tx.holdUser(userId))) throw new DomainError('file.not_found', { reason: 'erased' });
    await attach?.(tx, { fileId: id, userId });
    const { contentType, bytes } = content;
    const isOurs = await tx.files.store(id, claim, { contentType, sizeBytes: bytes.length });
    if (!isOurs) throw new DomainError('file.upload.settled', { reason: 'it took longer than its claim' });
    const details = { fileId: id, purpose, sizeBytes: bytes.length };
    await tx.audit({ action: 'file.stored', subject: userId, outcome: 'success', details });
  });
  ctx.fileServices.count(purpose, 'stored');
}

/** The upload is none that is taken, and stays so. @throws file.upload.settled */
export async function refuseUpload(
  ctx: AppContext,
  actor: Actor,
  { id, userId, purpose, claim }: ClaimedUpload,
  rule: string,
): Promise<void> {
  await withTransaction(ctx, { who: allow.self(actor, userId), audits: ['file.refused'] }, async (tx) => {
    const isOurs = await tx.files.refuse(id, claim, ctx.clock.now());
    if (!isOurs) throw new DomainError('file.upload.settled', { reason: 'it took longer than its claim' });
    const entry = { action: 'file.refused', subject: userId, outcome: 'failure', reason: rule } as const;
    await tx.audit({ ...entry, details: { fileId: id, purpose } });
  });
  ctx.fileServices.count(purpose, rule);
}

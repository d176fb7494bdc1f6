import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, type UserId } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { claimSeconds } from '#features/file/policies.ts';
import type { FilePurpose, Upload } from '#storage/files/file.entity.ts';

/** An upload that nobody else is at. */
export interface ClaimedUpload extends Upload {
  readonly claim: string;
  readonly claimedUntil: Date;
}

/** Takes an upload for checking. A missing one and somebody else's are the same. @throws file.not_found, file.upload.settled */
export async function claimUpload(
  ctx: AppContext,
  actor: Actor,
  { id, userId, purpose }: { readonly id: string; readonly userId: UserId; readonly purpose: FilePurpose },
): Promise<ClaimedUpload> {
  const [claim, now] = [ctx.ids.next(), ctx.clock.now()];
  const until = new Date(now.getTime() + claimSeconds * 1000);
  const access = { who: allow.self(actor, userId), unaudited: 'what becomes of it is audited' };
  return withTransaction(ctx, access, async (tx) => {
    const upload = await tx.files.claim({ id, userId, purpose, claim, now, until });
    if (upload !== undefined) return { ...upload, claim, claimedUntil: until };
    const isKnown = await tx.files.isKnown(id, userId, purpose, now);
    throw new DomainError(isKnown ? 'file.upload.settled' : 'file.not_found');
  });
}

/** Lets others try it: it could not be checked now. */
export async function releaseUpload(
  ctx: AppContext,
  actor: Actor,
  { id, userId, claim }: ClaimedUpload,
): Promise<void> {
  const access = { who: allow.self(actor, userId), unaudited: 'nothing came of it' };
  await withTransaction(ctx, access, (tx) => tx.files.release(id, claim)).catch((err: unknown) =>
    ctx.logger.warn({ documentId: id, err }, 'an upload stays taken until its claim is over'),
  );
}

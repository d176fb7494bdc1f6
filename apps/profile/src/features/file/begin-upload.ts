import { randomBytes } from 'node:crypto';
import { readerOf, withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import type { PresignedUpload } from '#adapters/storage/storage.ts';
import type { AppContext, AppTransaction } from '#context.ts';
import { linkSeconds, openUploadsMax, purposes, uploadSeconds } from '#features/file/policies.ts';
import { Announcement } from '#features/file/schemas.ts';
import type { FilePurpose, Upload } from '#storage/files/file.entity.ts';

/** An upload that may begin: what is sent, where, within which time. */
export interface BegunUpload {
  readonly uploadId: string;
  readonly upload: PresignedUpload;
  /** Seconds for which its link holds. */
  readonly expiresIn: number;
}

/** An upload of which nothing is kept yet. */
export interface PreparedUpload {
  readonly row: Upload;
  readonly begun: BegunUpload;
}

interface Announced {
  readonly purpose: FilePurpose;
  readonly file: unknown;
}

/**
 * Begins an upload of the signed-in user: a link to send exactly what is announced, and nothing else. Until it is completed
 * nothing is a file of the user's.
 * @throws what `prepareUpload` and `noteUpload` throw
 */
export async function beginUpload(ctx: AppContext, actor: Actor, announced: Announced): Promise<BegunUpload> {
  const prepared = await prepareUpload(ctx, actor, announced);
  const { userId } = prepared.row;
  const unaudited = 'nothing is kept yet; what becomes of it is audited';
  await withTransaction(ctx, { who: allow.self(actor, userId), unaudited }, async (tx) => {
    if (!(await tx.holdUser(userId))) throw new DomainError('profile.not_found');
    await noteUpload(tx, prepared);
  });
  return prepared.begun;
}

/**
 * Signs the link of an upload, which holds for nothing until `noteUpload` has noted it. Outside of any transaction.
 * @throws auth.token.missing, request.invalid, profile.not_found, service.unavailable
 */
export async function prepareUpload(
  ctx: AppContext,
  actor: Actor,
  { purpose, file }: Announced,
): Promise<PreparedUpload> {
  const { userId } = requireUser(actor);
  // The user's keys come with the profile, by the event that tells of the user.
  if (!(await readerOf(ctx).profiles.exists(userId))) throw new DomainError('profile.not_found');
  const announced = parse(Announcement, file);
  refuseTooLarge(purpose, announced);
  const { current } = ctx.fileServices.storages;
  const row: Upload = {
    ...{ id: ctx.ids.next(), userId, purpose, provider: current.provider },
    ...{ contentType: announced.contentType, sizeBytes: announced.sizeBytes },
    sha256: Buffer.from(announced.sha256, 'hex'),
    uploadKey: newKey('upload'),
    uploadUntil: new Date(ctx.clock.now().getTime() + linkSeconds * 1000),
    storedKey: newKey('file'),
  };
  const { uploadKey: key, uploadUntil: expiresAt, contentType, sizeBytes, sha256 } = row;
  const upload = await current.presignUpload({ key, contentType, sizeBytes, sha256, expiresAt });
  return { row, begun: { uploadId: row.id, upload, expiresIn: linkSeconds } };
}

/**
 * Notes an upload that may come, for a user who is held already. With too many open it says when the first of them ends.
 * @throws file.uploads.too_many
 */
export async function noteUpload(tx: AppTransaction, { row }: PreparedUpload): Promise<void> {
  const now = tx.clock.now();
  const expiresAt = new Date(now.getTime() + uploadSeconds * 1000);
  if (await tx.files.begin(row, { now, expiresAt, openMax: openUploadsMax })) return;
  const firstEnds = (await tx.files.firstExpiry(row.userId, now)) ?? now;
  const retryAfterSeconds = Math.max(1, Math.ceil((firstEnds.getTime() - now.getTime()) / 1000));
  throw new DomainError('file.uploads.too_many', { details: { retryAfterSeconds } });
}

function refuseTooLarge(purpose: FilePurpose, announced: { sizeBytes: number }): void {
  if (announced.sizeBytes <= purposes[purpose].sizeBytesMax) return;
  throw new DomainError('request.invalid', { details: { errors: [{ path: 'sizeBytes', rule: 'max_value' }] } });
}

function newKey(kind: 'upload' | 'file'): string {
  return `${kind}-${randomBytes(20).toString('hex')}`;
}

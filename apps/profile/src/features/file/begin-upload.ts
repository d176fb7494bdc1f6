import { randomBytes } from 'node:crypto';
import { readerOf, withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import type { PresignedUpload } from '#adapters/storage/storage.ts';
import type { AppContext } from '#context.ts';
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

/**
 * Begins an upload of the signed-in user: a link to send exactly what is announced, and nothing else. Until it is completed
 * nothing is a file of his.
 * @throws auth.token.missing, request.invalid, profile.not_found, file.uploads.too_many, service.unavailable
 */
export async function beginUpload(
  ctx: AppContext,
  actor: Actor,
  { purpose, file }: { readonly purpose: FilePurpose; readonly file: unknown },
): Promise<BegunUpload> {
  const { userId } = requireUser(actor);
  // His keys come with his profile, by the event that tells of him.
  if (!(await readerOf(ctx).profiles.exists(userId))) throw new DomainError('profile.not_found');
  const announced = parse(Announcement, file);
  refuseByPurpose(purpose, announced);
  const now = ctx.clock.now();
  const { current } = ctx.fileServices.storages;
  const begun: Upload = {
    ...{ id: ctx.ids.next(), userId, purpose, provider: current.provider },
    ...{ contentType: announced.contentType, sizeBytes: announced.sizeBytes },
    sha256: Buffer.from(announced.sha256, 'hex'),
    uploadKey: newKey('upload'),
    uploadUntil: new Date(now.getTime() + linkSeconds * 1000),
    storedKey: newKey('file'),
  };
  const { uploadKey: key, uploadUntil: expiresAt, contentType, sizeBytes, sha256 } = begun;
  const upload = await current.presignUpload({ key, contentType, sizeBytes, sha256, expiresAt });
  const unaudited = 'nothing is kept yet; what becomes of it is audited';
  await withTransaction(ctx, { who: allow.self(actor, userId), unaudited }, async (tx) => {
    if (!(await tx.holdUser(userId))) throw new DomainError('profile.not_found');
    const times = { now, expiresAt: new Date(now.getTime() + uploadSeconds * 1000), openMax: openUploadsMax };
    if (!(await tx.files.begin(begun, times))) throw new DomainError('file.uploads.too_many');
  });
  return { uploadId: begun.id, upload, expiresIn: linkSeconds };
}

function refuseByPurpose(purpose: FilePurpose, announced: { contentType: string; sizeBytes: number }): void {
  const { contentTypes, sizeBytesMax } = purposes[purpose];
  const errors = [
    ...(contentTypes.includes(announced.contentType) ? [] : [{ path: 'contentType', rule: 'media_type' }]),
    ...(announced.sizeBytes <= sizeBytesMax ? [] : [{ path: 'sizeBytes', rule: 'max_value' }]),
  ];
  if (errors.length > 0) throw new DomainError('request.invalid', { details: { errors } });
}

function newKey(kind: 'upload' | 'file'): string {
  return `${kind}-${randomBytes(20).toString('hex')}`;
}

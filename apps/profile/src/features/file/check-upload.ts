import { createHash } from 'node:crypto';
import { DomainError } from '@bank/domain';
import { sameBytes } from '@bank/security';
import { reencodeImage } from '#adapters/content/images.ts';
import { sniffType } from '#adapters/content/sniff.ts';
import type { AppContext } from '#context.ts';
import { purposes } from '#features/file/policies.ts';
import type { Upload } from '#storage/files/file.entity.ts';

/** What an upload turned out to be. The bytes are those to keep, which are others than came. */
export type JudgedContent =
  | { readonly kind: 'accepted'; readonly bytes: Uint8Array; readonly contentType: string }
  | { readonly kind: 'refused'; readonly rule: string };

/**
 * Judges what was sent (SR-77): whether it is what was announced, byte for byte; whether it is what it says by its content;
 * whether anything harmful is found in it; and what can be kept of it.
 * @throws file.upload.missing, service.unavailable
 */
export async function checkUpload(ctx: AppContext, upload: Upload): Promise<JudgedContent> {
  const bytes = await readAnnounced(ctx, upload);
  if (bytes === undefined) return refused('size');
  if (!sameBytes(createHash('sha256').update(bytes).digest(), upload.sha256)) return refused('sha256');
  if ((await sniffType(bytes)) !== upload.contentType) return refused('media_type');
  if (ctx.fileServices.antivirus !== undefined && !(await ctx.fileServices.antivirus.isClean(bytes)))
    return refused('malware');
  const image = await reencodeImage(bytes, purposes[upload.purpose].image);
  return image.kind === 'refused' ? image : { ...image, kind: 'accepted' };
}

function refused(rule: string): JudgedContent {
  return { kind: 'refused', rule };
}

/** The bytes that were announced, and not one more read than that; undefined when there are more or fewer. */
async function readAnnounced(
  ctx: AppContext,
  { provider, uploadKey, sizeBytes }: Upload,
): Promise<Uint8Array | undefined> {
  const storage = ctx.fileServices.storages.of(provider);
  const found = await storage.head(uploadKey);
  if (found === undefined) throw new DomainError('file.upload.missing');
  if (found.sizeBytes !== sizeBytes) return undefined;
  return readExactly(await storage.read(uploadKey), sizeBytes);
}

/** @throws file.upload.missing */
async function readExactly(
  source: AsyncIterable<Uint8Array> | undefined,
  sizeBytes: number,
): Promise<Uint8Array | undefined> {
  if (source === undefined) throw new DomainError('file.upload.missing');
  const bytes = Buffer.alloc(sizeBytes);
  let total = 0;
  for await (const chunk of source) {
    if (total + chunk.byteLength > sizeBytes) return undefined;
    bytes.set(chunk, total);
    total += chunk.byteLength;
  }
  return total === sizeBytes ? bytes : undefined;
}

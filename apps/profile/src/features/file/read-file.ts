import { DataKeyMissing, readerOf } from '@bank/database';
import { DomainError } from '@bank/domain';
import { SealBroken } from '@bank/security';
import type { AppContext } from '#context.ts';
import { placeOf } from '#features/file/policies.ts';
import type { StoredFile } from '#storage/files/file.entity.ts';

/** A file as it was kept. */
export interface OpenedFile {
  readonly file: StoredFile;
  readonly bytes: Uint8Array;
}

/** Until somebody has looked into an object that is away or does not open: it does not heal by itself. */
const repairSeconds = 3600;

/**
 * The bytes of a file, opened. Who may see it and what is audited is for the caller to say; a file whose key is destroyed is
 * as if there were none.
 * @throws file.not_found, service.unavailable also when it does not open
 */
export async function readFile(ctx: AppContext, fileId: string): Promise<OpenedFile> {
  const reader = readerOf(ctx);
  const file = await reader.files.find(fileId);
  if (file === undefined) throw new DomainError('file.not_found');
  const source = await ctx.fileServices.storages.of(file.provider).read(file.storedKey);
  if (source === undefined) throw unreadable('its object is missing');
  const sealed = Buffer.concat(await Array.fromAsync(source));
  try {
    return { file, bytes: await ctx.vault.openBytes(reader.em, placeOf(file), sealed) };
  } catch (cause) {
    if (cause instanceof DataKeyMissing) throw new DomainError('file.not_found', { reason: 'erased', cause });
    if (cause instanceof SealBroken) throw unreadable('it does not open: damaged, or of another place (SR-84)', cause);
    throw cause;
  }
}

function unreadable(what: string, cause?: unknown): DomainError {
  const details = { retryAfterSeconds: repairSeconds };
  return new DomainError('service.unavailable', { reason: `a file cannot be read: ${what}`, details, cause });
}

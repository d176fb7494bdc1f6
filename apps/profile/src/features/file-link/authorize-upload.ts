import { DomainError } from '@bank/domain';
import type { LocalStorage, UploadTerms } from '#adapters/storage/local-storage.ts';
import type { AppContext } from '#context.ts';
import { ObjectParams, UploadQuery } from '#features/file/schemas.ts';
import { readLink } from '#features/file-link/follow-link.ts';

/** What a link of an upload says, and the folder that it leads to. */
export interface AuthorizedUpload {
  readonly terms: UploadTerms;
  readonly local: LocalStorage;
}

/** Decides by its link alone about an upload to the folder: nothing of the file has to be there yet. @throws file.link.invalid */
export function authorizeUpload(ctx: AppContext, input: { params: unknown; query: unknown }): AuthorizedUpload {
  const terms = { ...readLink(ObjectParams, input.params), ...readLink(UploadQuery, input.query) };
  const { local } = ctx.fileServices.storages;
  if (local?.allowsUpload(terms) !== true) throw new DomainError('file.link.invalid');
  return { terms, local };
}

import type { AppContext } from '#context.ts';
import { linkParts, linkSeconds } from '#features/file/policies.ts';
import type { StoredFile } from '#storage/files/file.entity.ts';

/** A link to a file, for whoever has it. */
export interface FileLink {
  readonly fileId: string;
  readonly url: string;
  readonly contentType: string;
  /** Seconds for which it holds, unless the file goes before. */
  readonly expiresIn: number;
}

/** A link by which a file is read without a token, for a few minutes: who may have it is for the caller to say. */
export function linkFile(ctx: AppContext, { id, contentType }: StoredFile): FileLink {
  const expiresAt = new Date(ctx.clock.now().getTime() + linkSeconds * 1000);
  const proof = ctx.fileServices.links.sign(linkParts(id), expiresAt);
  const url = `${ctx.fileServices.baseUrl}/v1/files/${id}?${new URLSearchParams({ ...proof })}`;
  return { fileId: id, url, contentType, expiresIn: linkSeconds };
}

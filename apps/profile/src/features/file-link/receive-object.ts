import { DomainError } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { authorizeUpload } from '#features/file-link/authorize-upload.ts';

/**
 * Takes the bytes of an upload into the folder, as a storage of somebody else's would: for whoever has its link, exactly what
 * was announced. @throws file.link.invalid, file.upload.mismatch, request.too_large, service.unavailable
 */
export async function receiveObject(
  ctx: AppContext,
  input: { params: unknown; query: unknown; contentType: string | undefined; stream: AsyncIterable<Uint8Array> },
): Promise<void> {
  const { terms, local } = authorizeUpload(ctx, input);
  if (input.contentType !== terms.contentType) {
    const errors = [{ path: 'contentType', rule: 'as_announced' }];
    throw new DomainError('file.upload.mismatch', { details: { errors } });
  }
  await local.receive(terms, input.stream);
}

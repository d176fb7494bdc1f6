import type * as v from 'valibot';
import type { BegunUpload } from '#features/file/begin-upload.ts';
import type { UploadView } from '#features/file/schemas.ts';

/** An upload as whoever sends it is told of it. */
export function toUploadView({ uploadId, upload, expiresIn }: BegunUpload): v.InferInput<typeof UploadView> {
  const { method, url, headers, fields } = upload;
  return { uploadId, method, url, headers, fields: fields ?? null, expiresIn };
}

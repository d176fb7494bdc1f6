import { UuidSchema } from '@bank/domain';
import * as v from 'valibot';
import { objectKeyPattern } from '#adapters/storage/storage.ts';
import { uploadBytesMax, uploadTypes } from '#features/file/policies.ts';

const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'sha256'));

/** What a client says of a file before it sends it. The digest is SHA-256, in hexadecimal. */
export const Announcement = v.strictObject({
  contentType: v.picklist(uploadTypes, 'media_type'),
  sizeBytes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(uploadBytesMax)),
  sha256,
});

/** An upload that may begin. With `fields` it is a form whose last part is `file`; else the body is the file. */
export const UploadView = v.strictObject({
  uploadId: UuidSchema,
  method: v.picklist(['PUT', 'POST']),
  url: v.string(),
  headers: v.record(v.string(), v.string()),
  fields: v.nullable(v.record(v.string(), v.string())),
  expiresIn: v.number(),
});

/** Which upload is meant. */
export const UploadReference = v.strictObject({ uploadId: UuidSchema });

/** A link to a file, for whoever has it, for a while. */
export const FileLinkView = v.strictObject({
  fileId: UuidSchema,
  url: v.string(),
  contentType: v.string(),
  expiresIn: v.number(),
});

export const FileParams = v.strictObject({ id: UuidSchema });
export const ObjectParams = v.strictObject({ key: v.pipe(v.string(), v.regex(objectKeyPattern)) });

const proof = {
  expires: v.pipe(v.string(), v.regex(/^\d{1,12}$/)),
  signature: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/)),
};
const contentType = v.pipe(v.string(), v.regex(/^[a-z]+\/[a-z0-9.+-]{1,60}$/));

/** What the address of a link to a file carries. */
export const FileLinkQuery = v.strictObject(proof);
/** What the address of an upload to a folder carries. */
export const UploadQuery = v.strictObject({
  ...proof,
  contentType,
  sizeBytes: v.pipe(v.string(), v.regex(/^\d{1,9}$/)),
  sha256,
});

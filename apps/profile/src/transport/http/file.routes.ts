import { defineRoutes, noContent } from '@bank/service-kit';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { fileNameOf, storedTypes, uploadBytesMax, uploadTimeoutMs, uploadTypes } from '#features/file/policies.ts';
import { FileLinkQuery, FileParams, ObjectParams, UploadQuery } from '#features/file/schemas.ts';
import { authorizeUpload } from '#features/file-link/authorize-upload.ts';
import { followLink } from '#features/file-link/follow-link.ts';
import { receiveObject } from '#features/file-link/receive-object.ts';

const tag = 'files';
/** Whoever asks for bytes of whatever type gets the type that they have all the same. */
const produces = [...storedTypes, 'application/octet-stream'];
const bytes = v.string();
const limits = [{ name: 'file-links', points: 600, windowSeconds: 60, by: 'address' }] as const;

/** What links lead to: whoever has one may follow it, without a token. */
export const fileRoutes = defineRoutes<AppContext>([
  {
    method: 'GET',
    path: '/v1/files/:id',
    summary: 'Read a file by its link',
    tag,
    access: 'public',
    params: FileParams,
    query: FileLinkQuery,
    produces,
    responses: { 200: bytes },
    errors: ['file.link.invalid', 'file.not_found', 'service.overloaded'],
    limits,
    async handle(ctx, { params, query }) {
      const { bytes: raw, file } = await followLink(ctx, { params, query });
      return download(new Uint8Array(raw), file.contentType, fileNameOf(file));
    },
  },
  {
    method: 'PUT',
    path: '/v1/files/objects/:key',
    summary: 'Send a file by the link of its upload, where files lie with us',
    tag,
    access: 'public',
    params: ObjectParams,
    query: UploadQuery,
    mediaTypes: uploadTypes,
    body: bytes,
    streamed: true,
    bodyLimitBytes: uploadBytesMax,
    timeoutMs: uploadTimeoutMs,
    responses: { 204: null },
    errors: ['file.link.invalid', 'file.upload.mismatch'],
    limits,
    async handle(ctx, request) {
      const { params, query, stream } = request;
      await receiveObject(ctx, { params, query, stream, contentType: request.header('content-type') });
      return noContent();
    },
  },
  {
    method: 'GET',
    path: '/authorize-upload',
    summary: 'Decide about an upload that a gateway holds',
    description:
      'Private: for nginx auth_request and its like, before the gateway keeps any of the file. `X-Original-URI` is the target as it was asked for.',
    tag,
    access: 'public',
    responses: { 204: null },
    errors: ['file.link.invalid'],
    async handle(ctx, request) {
      authorizeUpload(ctx, linkOf(request.header('x-original-uri')));
      return noContent();
    },
  },
]);

/** A target, in the parts in which the route of uploads gets it; that route reads it once more, and strictly. */
function linkOf(target = '') {
  const url = URL.parse(target, 'http://gateway');
  const [, key] = /^\/v1\/files\/objects\/([^/]+)$/.exec(url?.pathname ?? '') ?? [];
  return { params: { key }, query: Object.fromEntries(url?.searchParams ?? []) };
}

/** Never shown in a page of ours: saved under that name, as the type it has (SR-77). Pages of the bank may show it. */
function download(raw: Uint8Array<ArrayBuffer>, contentType: string, fileName: string) {
  const headers = {
    'content-type': contentType,
    'content-disposition': `attachment; filename="${fileName}"`,
    'cross-origin-resource-policy': 'same-site',
  };
  return { status: 200, raw, headers };
}

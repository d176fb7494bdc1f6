import { created, defineRoutes, etagOf, noContent, ok } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { completeAvatar } from '#features/avatar/complete-avatar.ts';
import { removeAvatar } from '#features/avatar/remove-avatar.ts';
import { showAvatar } from '#features/avatar/show-avatar.ts';
import { startAvatar } from '#features/avatar/start-avatar.ts';
import { uploadTimeoutMs } from '#features/file/policies.ts';
import { Announcement, FileLinkView, UploadReference, UploadView } from '#features/file/schemas.ts';
import { toUploadView } from '#features/file/view.ts';

const tag = 'profile';
const path = '/v1/profile/avatar';

// The tags are those of the profile, since a picture is a part of it.
export const avatarRoutes = defineRoutes<AppContext>([
  {
    method: 'POST',
    path,
    summary: 'Begin to send a picture: JPEG, PNG or WebP of up to 5 MiB',
    description: 'The answer says how to send the file, within `expiresIn` seconds; then complete the upload.',
    tag,
    access: 'user',
    idempotent: true,
    body: Announcement,
    responses: { 201: UploadView },
    errors: ['request.invalid', 'profile.not_found', 'file.uploads.too_many'],
    limits: [{ name: 'avatar-upload', points: 30, windowSeconds: 3600, by: 'user' }],
    async handle(ctx, { actor, body }) {
      return created(toUploadView(await startAvatar(ctx, actor, body)));
    },
  },
  {
    method: 'POST',
    path: `${path}/complete`,
    summary: 'Make the picture that was sent the one of the profile',
    description:
      'It is made anew, at most 512 pixels wide and high: nothing that was hidden in the file is kept. Gives the new tag of the profile.',
    tag,
    access: 'user',
    idempotent: true,
    body: UploadReference,
    etag: true,
    responses: { 200: FileLinkView },
    errors: ['file.not_found', 'file.upload.missing', 'file.upload.settled', 'file.refused', 'profile.not_found'],
    limits: [{ name: 'avatar-complete', points: 60, windowSeconds: 3600, by: 'user' }],
    timeoutMs: uploadTimeoutMs,
    async handle(ctx, { actor, body }) {
      const { link, version } = await completeAvatar(ctx, actor, body);
      return ok(link, { etag: etagOf(version) });
    },
  },
  {
    method: 'GET',
    path,
    summary: 'A link to the picture of the profile, for a few minutes',
    tag,
    access: 'user',
    responses: { 200: FileLinkView },
    errors: ['file.not_found'],
    async handle(ctx, { actor }) {
      return ok(await showAvatar(ctx, actor));
    },
  },
  {
    method: 'DELETE',
    path,
    summary: 'Take the picture away; gives the tag that the profile has then',
    tag,
    access: 'user',
    etag: true,
    responses: { 204: null },
    errors: ['profile.not_found'],
    limits: [{ name: 'avatar-removal', points: 60, windowSeconds: 3600, by: 'user' }],
    async handle(ctx, { actor }) {
      const { version } = await removeAvatar(ctx, actor);
      return noContent({ etag: etagOf(version) });
    },
  },
]);

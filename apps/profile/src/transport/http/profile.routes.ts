import { defineRoutes, etagOf, ok, versionOf } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { getProfile } from '#features/profile/get-profile.ts';
import { ProfilePatch, ProfileView } from '#features/profile/schemas.ts';
import { updateProfile } from '#features/profile/update-profile.ts';
import { toProfileView } from '#features/profile/view.ts';

export const profileRoutes = defineRoutes<AppContext>([
  {
    method: 'GET',
    path: '/v1/profile',
    summary: 'The profile of the signed-in user',
    tag: 'profile',
    access: 'user',
    etag: true,
    responses: { 200: ProfileView },
    errors: ['profile.not_found'],
    async handle(ctx, request) {
      const profile = await getProfile(ctx, request.actor);
      return ok(toProfileView(profile), { etag: etagOf(profile.version) });
    },
  },
  {
    method: 'PATCH',
    path: '/v1/profile',
    summary: 'Change parts of the profile (JSON Merge Patch); needs If-Match',
    tag: 'profile',
    access: 'user',
    body: ProfilePatch,
    ifMatch: 'required',
    etag: true,
    responses: { 200: ProfileView },
    errors: ['request.invalid', 'profile.not_found', 'profile.field.locked', 'request.precondition_failed'],
    limits: [{ name: 'profile-change', points: 60, windowSeconds: 3600, by: 'user' }],
    async handle(ctx, request) {
      const version = versionOf(request);
      const profile = await updateProfile(ctx, request.actor, { version, patch: request.body });
      return ok(toProfileView(profile), { etag: etagOf(profile.version) });
    },
  },
]);

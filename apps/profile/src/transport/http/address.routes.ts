import { defineRoutes, etagOf, noContent, ok, versionOf } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { deleteAddress } from '#features/address/delete-address.ts';
import { putAddress } from '#features/address/put-address.ts';
import { AddressInput, AddressParams } from '#features/address/schemas.ts';
import { ProfileView } from '#features/profile/schemas.ts';
import { toProfileView } from '#features/profile/view.ts';

const tag = 'profile';
const path = '/v1/profile/addresses/:type';
const limits = [{ name: 'address', points: 60, windowSeconds: 3600, by: 'user' }] as const;

export const addressRoutes = defineRoutes<AppContext>([
  {
    method: 'PUT',
    path,
    summary: 'Put an address in place of what was there; needs If-Match with the tag of the profile',
    description: 'What has to be given depends on the country. The answer is the whole profile with its new tag.',
    tag,
    access: 'user',
    params: AddressParams,
    body: AddressInput,
    ifMatch: 'required',
    limits,
    etag: true,
    responses: { 200: ProfileView },
    errors: ['profile.not_found'],
    async handle(ctx, request) {
      const { actor, params, body: address } = request;
      const profile = await putAddress(ctx, actor, { params, version: versionOf(request), address });
      return ok(toProfileView(profile), { etag: etagOf(profile.version) });
    },
  },
  {
    method: 'DELETE',
    path,
    summary: 'Remove an address; needs If-Match with the tag of the profile, and gives its new one',
    tag,
    access: 'user',
    params: AddressParams,
    ifMatch: 'required',
    limits,
    etag: true,
    responses: { 204: null },
    errors: ['profile.not_found', 'profile.address.not_found'],
    async handle(ctx, request) {
      const { actor, params } = request;
      const { version } = await deleteAddress(ctx, actor, { params, version: versionOf(request) });
      return noContent({ etag: etagOf(version) });
    },
  },
]);

import { DomainError } from '@bank/domain';
import { ProfileService } from '@bank/proto/profile';
import { defineRpc } from '@bank/service-kit';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';

import { readProfiles } from '#features/profile/read-profiles.ts';

export const profileRpc = defineRpc<AppContext, typeof ProfileService>(ProfileService, {
  getProfile: {
    access: 'service',
    idempotent: true,
    async handle(ctx, request, call) {
      const [profile] = await readProfiles(ctx, call.actor, [request.userId]);
      if (profile === undefined) throw new DomainError('profile.not_found');
      return { profile: toMessage(profile) };
    },
  },
  batchGetProfiles: {
    access: 'service',
    idempotent: true,
    async handle(ctx, request, call) {
      const profiles = await readProfiles(ctx, call.actor, request.userIds);
      return { profiles: profiles.map(toMessage) };
    },
  },
});

type Opened = Awaited<ReturnType<typeof readProfiles>>[number];

function toMessage(profile: Opened) {
  return {
    userId: profile.userId,
    version: BigInt(profile.version),
    givenName: profile.givenName ?? '',
    middleName: profile.middleName ?? '',
    familyName: profile.familyName ?? '',
    preferredName: profile.preferredName ?? '',
    dateOfBirth: profile.dateOfBirth ?? '',
    nationality: profile.nationality ?? '',
    occupation: profile.occupation ?? '',
    createdAt: timestampFromDate(profile.createdAt),
    updatedAt: timestampFromDate(profile.updatedAt),
  };
}

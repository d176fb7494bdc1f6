import { DomainError } from '@bank/domain';
import { ProfileService } from '@bank/proto/profile';
import { defineRpc } from '@bank/service-kit';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import type { VisibleProfile } from '#features/profile/policies.ts';
import { readProfiles } from '#features/profile/read-profiles.ts';
import { showProfile } from '#features/profile/show-profile.ts';
import { readSettings } from '#features/settings/read-settings.ts';
import { toSettingsMessage } from '#transport/rpc/settings-message.ts';

export const profileRpc = defineRpc<AppContext, typeof ProfileService>(ProfileService, {
  getProfile: {
    access: 'service',
    idempotent: true,
    async handle(ctx, { userId }, { actor, fields }) {
      const [profile] = await readProfiles(ctx, actor, { userIds: [userId], fields });
      if (profile === undefined) throw new DomainError('profile.not_found');
      return { profile: toMessage(profile) };
    },
  },
  batchGetProfiles: {
    access: 'service',
    idempotent: true,
    async handle(ctx, { userIds }, { actor, fields }) {
      return { profiles: (await readProfiles(ctx, actor, { userIds, fields })).map(toMessage) };
    },
  },
  viewProfile: {
    access: 'staff',
    idempotent: true,
    async handle(ctx, { userId, unmask, noteId }, { actor }) {
      const request = { userId, unmask, ...(noteId !== '' && { noteId }) };
      return { profile: toMessage(await showProfile(ctx, actor, request)) };
    },
  },
  getSettings: {
    access: 'service',
    idempotent: true,
    async handle(ctx, { userId }, { actor, fields }) {
      return { settings: toSettingsMessage(await readSettings(ctx, actor, { userId, fields })) };
    },
  },
});

/** What is unknown or not to be seen is empty in the message. */
function toMessage(profile: VisibleProfile) {
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
    ...(profile.createdAt && { createdAt: timestampFromDate(profile.createdAt) }),
    ...(profile.updatedAt && { updatedAt: timestampFromDate(profile.updatedAt) }),
  };
}

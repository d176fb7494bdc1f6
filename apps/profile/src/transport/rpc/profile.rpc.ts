import { DomainError } from '@bank/domain';
import { ProfileService } from '@bank/proto/profile';
import { defineRpc } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { readProfiles } from '#features/profile/read-profiles.ts';
import { showProfile } from '#features/profile/show-profile.ts';
import { searchProfiles } from '#features/search/search-profiles.ts';
import { readSettings } from '#features/settings/read-settings.ts';
import { changeRequestMethods } from '#transport/rpc/change-request.rpc.ts';
import { kycMethods } from '#transport/rpc/kyc.methods.ts';
import { toMessage } from '#transport/rpc/profile-message.ts';
import { toSettingsMessage } from '#transport/rpc/settings-message.ts';

export const profileRpc = defineRpc<AppContext, typeof ProfileService>(ProfileService, {
  getProfile: {
    access: 'service',
    async handle(ctx, { userId }, { actor, fields }) {
      const [profile] = await readProfiles(ctx, actor, { userIds: [userId], fields });
      if (profile === undefined) throw new DomainError('profile.not_found');
      return { profile: toMessage(profile) };
    },
  },
  batchGetProfiles: {
    access: 'service',
    async handle(ctx, { userIds }, { actor, fields }) {
      return { profiles: (await readProfiles(ctx, actor, { userIds, fields })).map(toMessage) };
    },
  },
  viewProfile: {
    access: 'staff',
    async handle(ctx, { userId, unmask, noteId }, { actor }) {
      const request = { userId, unmask, ...(noteId !== '' && { noteId }) };
      return { profile: toMessage(await showProfile(ctx, actor, request)) };
    },
  },
  getSettings: {
    access: 'service',
    async handle(ctx, { userId }, { actor, fields }) {
      return { settings: toSettingsMessage(await readSettings(ctx, actor, { userId, fields })) };
    },
  },
  ...changeRequestMethods,
  searchProfiles: {
    access: 'staff',
    async handle(ctx, { name, dateOfBirth, limit, cursor }, { actor }) {
      const request = {
        ...(name !== '' && { name }),
        ...(dateOfBirth !== '' && { dateOfBirth }),
        ...(limit !== 0 && { limit }),
        ...(cursor !== '' && { cursor }),
      };
      const { profiles, nextCursor } = await searchProfiles(ctx, actor, request);
      return { profiles: profiles.map(toMessage), nextCursor: nextCursor ?? '' };
    },
  },
  ...kycMethods,
});

import { DomainError, type PersonalProfileField } from '@bank/domain';
import { ProfileService } from '@bank/proto/profile';
import { createRpcClient, forwardUser, type RpcClientOptions } from '@bank/service-kit';
import { type ViewedProfile, viewedProfile } from '#adapters/profile/viewed-profile.ts';

/** Shows a profile to the member of staff who asks; `profile` tells the ledger. */
export interface ProfileViewer {
  /** Undefined where there is none. Throws what else `profile` answers, and service.unavailable. */
  view(
    userId: string,
    unmask: { readonly fields: readonly PersonalProfileField[]; readonly noteId: string },
  ): Promise<ViewedProfile | undefined>;
}

/** Asks the profile service. */
export function createProfileViewer(options: RpcClientOptions<typeof ProfileService>): ProfileViewer {
  const service = createRpcClient(ProfileService, options);
  return {
    async view(userId, { fields, noteId }) {
      const { profile } = await service
        .viewProfile({ userId, noteId, unmask: [...fields] }, forwardUser())
        .catch((error: unknown) => {
          if (error instanceof DomainError && error.code === 'profile.not_found') return { profile: undefined };
          throw error;
        });
      return profile && viewedProfile(profile);
    },
  };
}

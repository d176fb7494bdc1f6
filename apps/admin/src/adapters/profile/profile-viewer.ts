import { DomainError, type PersonalProfileField } from '@bank/domain';
import { ProfileService } from '@bank/proto/profile';
import { createRpcClient, forwardUser, type RpcClientOptions } from '@bank/service-kit';
import { dateOf } from '#adapters/date-of.ts';

/** A profile as staff see it: what was not asked for in full is masked, what is unknown is null. */
export type ViewedProfile = Readonly<Record<PersonalProfileField, string | null>> & {
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
};

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
      return (
        profile && {
          givenName: profile.givenName || null,
          middleName: profile.middleName || null,
          familyName: profile.familyName || null,
          preferredName: profile.preferredName || null,
          dateOfBirth: profile.dateOfBirth || null,
          nationality: profile.nationality || null,
          occupation: profile.occupation || null,
          createdAt: dateOf(profile.createdAt),
          updatedAt: dateOf(profile.updatedAt),
        }
      );
    },
  };
}

import { DomainError, type PersonalProfileField } from '@bank/domain';
import { ProfileService } from '@bank/proto/profile';
import { createRpcClient, forwardUser, type RpcClientOptions } from '@bank/service-kit';
import { type ViewedProfile, viewedProfile } from '#adapters/profile/viewed-profile.ts';

/** Whom to look for; `profile` takes a date of birth with a whole word of the name alone. */
export interface NameSearch {
  readonly name: string | undefined;
  readonly dateOfBirth: string | undefined;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** Who was found, and where the next page begins. */
export interface NamesFound {
  readonly found: readonly { readonly userId: string; readonly maskedName: string | null }[];
  readonly next: string | undefined;
}

/** Shows a profile to the member of staff who asks; `profile` tells the ledger. */
export interface ProfileViewer {
  /** Undefined where there is none. Throws what else `profile` answers, and service.unavailable. */
  view(
    userId: string,
    unmask: { readonly fields: readonly PersonalProfileField[]; readonly noteId: string },
  ): Promise<ViewedProfile | undefined>;
  /** People by name and date of birth, for the member of staff who asks. Throws what `profile` answers, and service.unavailable. */
  search(search: NameSearch): Promise<NamesFound>;
}

/** Asks the profile service. */
export function createProfileViewer(options: RpcClientOptions): ProfileViewer {
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
    async search({ name = '', dateOfBirth = '', limit, cursor = '' }) {
      const answer = await service.searchProfiles({ name, dateOfBirth, limit, cursor }, forwardUser());
      const found = answer.profiles.map(({ userId, givenName, middleName, familyName }) => {
        const maskedName = [givenName, middleName, familyName].filter((part) => part !== '').join(' ');
        return { userId, maskedName: maskedName || null };
      });
      return { found, next: answer.nextCursor || undefined };
    },
  };
}

import { ProfileService } from '@bank/proto/profile';
import { createRpcClient, type RpcClientOptions } from '@bank/service-kit';

/** Knows what people are called. */
export interface NameDirectory {
  /** All names of a user, in no promised order; none for whom profile does not know, or when there is no answer in time. Never rejects. */
  of(userId: string): Promise<readonly string[]>;
}

/** How long whoever chooses a password waits for profile, in milliseconds. */
const budgetMs = 300;

/** Asks the profile service, and leaves it alone for a while when it does not answer: nobody is kept from another password by that. */
export function createNameDirectory(options: RpcClientOptions): NameDirectory {
  const profile = createRpcClient(ProfileService, { ...options, deadlineMs: budgetMs });
  return {
    async of(userId) {
      try {
        // Several at once leave out whom profile does not know, such as staff: that is no failure.
        const { profiles } = await profile.batchGetProfiles({ userIds: [userId] });
        return profiles
          .flatMap(({ givenName, middleName, familyName, preferredName }) => [
            givenName,
            middleName,
            familyName,
            preferredName,
          ])
          .filter((name) => name !== '');
      } catch (err) {
        options.logger?.warn({ err, dependency: 'profile' }, 'the names of a user are not known in time');
        return [];
      }
    },
  };
}

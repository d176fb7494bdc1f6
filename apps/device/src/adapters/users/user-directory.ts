import { DomainError, type Role, roles, type Standing, type UserId } from '@bank/domain';
import { UserService } from '@bank/proto/user';
import { createRpcClient, type RpcClientOptions } from '@bank/service-kit';

/** Who users are, which auth knows. */
export interface UserDirectory {
  /** What a user is to the bank now; nothing for a user who does not exist. @throws service.unavailable when there is no answer */
  standingOf(userId: UserId): Promise<Standing | undefined>;
}

/** How long a person waits for auth, in milliseconds. */
const budgetMs = 2000;
const retryAfterSeconds = 2;

/** Asks the auth service. */
export function createUserDirectory(options: RpcClientOptions): UserDirectory {
  const auth = createRpcClient(UserService, { ...options, deadlineMs: budgetMs });
  return {
    async standingOf(userId) {
      try {
        const { user } = await auth.getUser({ userId });
        return user && { userId, roles: rolesOf(user.roles) };
      } catch (error) {
        if (error instanceof DomainError && error.code === 'user.not_found') return undefined;
        const reason = 'auth did not say who this is';
        throw new DomainError('service.unavailable', { reason, details: { retryAfterSeconds }, cause: error });
      }
    },
  };
}

/** Everybody has a role. One that is not shown here, or that this version does not know, may stand above all others. */
function rolesOf(names: readonly string[]): readonly Role[] {
  return names.length === 0 ? ['admin'] : names.map((name) => roles.find((role) => role === name) ?? 'admin');
}

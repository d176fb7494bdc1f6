import type { Person, Role, UserId } from '@bank/domain';
import { roles } from '@bank/domain';
import type { Logger, Metrics } from '@bank/observability';
import { UserService, type UserStatus } from '@bank/proto/user';
import { type BaseConfig, createRpcClient } from '@bank/service-kit';
import { tlsFilesOf } from '#app-tls.ts';
import { userStateOf } from '#user-status.ts';

/** Knows what people are at this moment: for apps that judge people and do not keep them. */
export interface PeopleDirectory {
  /** Those that exist among at most 100, by id. @throws service.unavailable */
  find(ids: readonly UserId[]): Promise<ReadonlyMap<string, Person>>;
}

/** Asks `auth` (UserService.BatchGetUsers), each time: what was true a moment ago is no answer here. */
export function createPeopleDirectory(
  { logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics },
  config: BaseConfig & { readonly AUTH_RPC_URL: string },
): PeopleDirectory {
  const users = createRpcClient(UserService, {
    baseUrl: config.AUTH_RPC_URL,
    tls: tlsFilesOf(config),
    serverUri: 'spiffe://bank/app/auth',
    logger,
    metrics,
  });
  return {
    async find(ids) {
      const found = await users.batchGetUsers({ userIds: [...new Set(ids)] });
      return new Map(found.users.map((user) => [user.userId, toPerson(user)]));
    },
  };
}

function toPerson(user: { userId: string; status: UserStatus; roles: readonly string[] }): Person {
  const status = userStateOf(user.status);
  // A state or role that is not known here could mean anything, so nothing is decided on it.
  if (status === undefined) throw new Error('a user in a state that is not known here');
  // Everybody has a role; none is a role that was not shown, and people are judged by their highest.
  if (user.roles.length === 0) throw new Error('a user whose roles are not shown here');
  return { userId: user.userId as UserId, status, roles: user.roles.map(toRole) };
}

function toRole(name: string): Role {
  const role = roles.find((known) => known === name);
  if (role === undefined) throw new Error('a user with a role that is not known here');
  return role;
}

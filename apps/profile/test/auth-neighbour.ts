import { toUserStatus } from '@bank/composition';
import { rpcNeighbour } from '@bank/composition/testing';
import type { Role } from '@bank/domain';
import { UserService } from '@bank/proto/user';
import { type TestCertificates, testCertificates } from '@bank/testing';
import { Code, ConnectError } from '@connectrpc/connect';

/** What auth says of people: whoever is not named is a customer, unless unknown. */
export interface AuthNeighbour {
  readonly certificates: TestCertificates;
  readonly env: { readonly AUTH_RPC_URL: string };
  readonly roles: Map<string, readonly Role[]>;
  readonly unknown: Set<string>;
  away: boolean;
}

/** Starts it for one test file; await it at the top. */
export async function startAuth(): Promise<AuthNeighbour> {
  const certificates = await testCertificates();
  const state = { roles: new Map<string, readonly Role[]>(), unknown: new Set<string>(), away: false };
  const url = await rpcNeighbour(certificates, 'auth', (router) => {
    router.service(UserService, {
      batchGetUsers({ userIds }) {
        if (state.away) throw new ConnectError('away', Code.Unavailable);
        const status = toUserStatus('active');
        const known = userIds.filter((userId) => !state.unknown.has(userId));
        return {
          users: known.map((userId) => ({
            userId,
            status,
            version: 1n,
            roles: [...(state.roles.get(userId) ?? ['customer'])],
          })),
        };
      },
    });
  });
  return Object.assign(state, { certificates, env: { AUTH_RPC_URL: url } });
}

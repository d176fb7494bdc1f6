import { toUserStatus } from '@bank/composition';
import type { Role, UserState } from '@bank/domain';
import { UserService } from '@bank/proto/user';
import { createRpcClient, forwardUser, type RpcClientOptions } from '@bank/service-kit';

/** Whom staff act on, and the note that says why. */
export interface ActTarget {
  readonly userId: string;
  readonly noteId: string;
}

/** The signed request of the member of staff who asked for what another one approves. */
export interface Approved {
  readonly noteId: string;
  readonly approval: string;
}

/** What staff do to users in `auth`, each with the token of who does it. Throws what `auth` answers, and service.unavailable. */
export interface UserActs {
  /** Locking and unlocking need no approval, everything else does. */
  setStatus(target: ActTarget & { readonly status: UserState; readonly approval?: string }): Promise<void>;
  setRoles(target: ActTarget & { readonly roles: readonly Role[]; readonly approval: string }): Promise<void>;
  resendVerification(target: ActTarget): Promise<void>;
  /** Keeps an address and roles; the address stays in `auth`. Gives the id of the invitation. */
  prepareInvitation(invitation: { readonly email: string; readonly roles: readonly Role[] }): Promise<string>;
  invite(invitation: Approved & { readonly invitationId: string; readonly roles: readonly Role[] }): Promise<void>;
}

/** Asks the auth service. */
export function createUserActs(options: RpcClientOptions): UserActs {
  const auth = createRpcClient(UserService, options);
  return {
    async setStatus({ userId, noteId, status, approval = '' }) {
      await auth.setUserStatus({ userId, noteId, approval, status: toUserStatus(status) }, forwardUser());
    },
    async setRoles({ userId, noteId, roles, approval }) {
      await auth.setRoles({ userId, noteId, approval, roles: [...roles] }, forwardUser());
    },
    async resendVerification({ userId, noteId }) {
      await auth.resendVerification({ userId, noteId }, forwardUser());
    },
    async prepareInvitation({ email, roles }) {
      const { invitationId } = await auth.prepareInvitation({ email, roles: [...roles] }, forwardUser());
      return invitationId;
    },
    async invite({ invitationId, noteId, roles, approval }) {
      await auth.inviteStaff({ invitationId, noteId, approval, roles: [...roles] }, forwardUser());
    },
  };
}

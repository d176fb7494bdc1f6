import { userStateOf } from '@bank/composition';
import type { ErrorCode, Role } from '@bank/domain';
import { DomainError, roles } from '@bank/domain';
import { ContactField, type User, UserService } from '@bank/proto/user';
import { createRpcClient, forwardUser, type RpcClientOptions } from '@bank/service-kit';
import { dateOf } from '#adapters/date-of.ts';

/** What `auth` says of a user without a reason: no address, no name. */
export interface KnownUser {
  readonly userId: string;
  readonly status: string;
  readonly roles: readonly Role[];
  readonly emailVerified: boolean;
  readonly phoneVerified: boolean;
  readonly createdAt: Date | null;
}

export type Address = { readonly email: string } | { readonly phone: string };
export type ContactFieldName = 'email' | 'phone';

/** A user as staff see them: addresses masked, unless asked for in full. */
export interface ViewedUser extends KnownUser {
  readonly email: string | null;
  readonly phone: string | null;
  readonly locale: string | null;
}

/** Who users are, asked of `auth`. Throws what `auth` answers, and service.unavailable. */
export interface UserDirectory {
  /** Whose address it is, for the member of staff who asks; `auth` tells the ledger. */
  lookUp(address: Address): Promise<KnownUser | undefined>;
  /** With the user's roles; whether their addresses are proven is not asked. */
  find(userId: string): Promise<Pick<KnownUser, 'userId' | 'status' | 'roles'> | undefined>;
  /** Whose addresses are proven, of the users who exist; at most 100. */
  findMany(
    userIds: readonly string[],
  ): Promise<readonly Pick<KnownUser, 'userId' | 'emailVerified' | 'phoneVerified'>[]>;
  /** One user for the member of staff who asks; `auth` tells the ledger. The note says why something is unmasked. */
  view(userId: string, unmask: { fields: readonly ContactFieldName[]; noteId: string }): Promise<ViewedUser>;
  /**
   * To which address an invitation goes, for the member of staff who asks; undefined when it is gone. `auth` tells the ledger.
   * Masked, unless a note says why not.
   */
  viewInvitation(invitationId: string, noteId: string): Promise<string | undefined>;
}

const contactFields = { email: ContactField.EMAIL, phone: ContactField.PHONE } as const;

/** Asks the auth service. */
export function createUserDirectory(options: RpcClientOptions): UserDirectory {
  const auth = createRpcClient(UserService, options);
  return {
    async lookUp(address) {
      const identifier =
        'email' in address
          ? ({ case: 'email', value: address.email } as const)
          : ({ case: 'phone', value: address.phone } as const);
      const { user } = await orNobody(auth.lookupUser({ identifier }, forwardUser()));
      return user && toKnownUser(user);
    },
    async find(userId) {
      const { user } = await orNobody(auth.getUser({ userId }));
      // Everybody has a role, and staff act on nobody who may stand above them.
      if (user?.roles.length === 0) throw new DomainError('service.internal', { reason: 'a user without roles' });
      return user && toKnownUser(user);
    },
    async findMany(userIds) {
      const { users } = await auth.batchGetUsers({ userIds: [...userIds] });
      return users.map(toKnownUser);
    },
    async view(userId, { fields, noteId }) {
      const unmask = fields.map((field) => contactFields[field]);
      const { user, email, phone, locale } = await auth.viewUser({ userId, unmask, noteId }, forwardUser());
      if (user === undefined) throw new DomainError('service.internal', { reason: 'a view of nobody' });
      return { ...toKnownUser(user), email: email || null, phone: phone || null, locale: locale || null };
    },
    async viewInvitation(invitationId, noteId) {
      const asking = auth.viewInvitation({ invitationId, noteId }, forwardUser());
      const { email } = await unless(asking, 'staff.invitation.not_found');
      return email;
    },
  };
}

function orNobody<T extends object>(asking: Promise<T>): Promise<Partial<T>> {
  return unless(asking, 'user.not_found');
}

async function unless<T extends object>(asking: Promise<T>, refusal: ErrorCode): Promise<Partial<T>> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof DomainError && error.code === refusal) return {};
    throw error;
  }
}

function toKnownUser(user: User): KnownUser {
  return {
    userId: user.userId,
    status: userStateOf(user.status) ?? 'unknown',
    roles: roles.filter((role) => user.roles.includes(role)),
    emailVerified: user.emailVerified,
    phoneVerified: user.phoneVerified,
    createdAt: dateOf(user.createdAt),
  };
}

import type { Role, UserId, UserState } from '@bank/domain';
import type { User } from '#storage/users/user.repository.ts';

/** A user without addresses: what a sign-up answers with. */
export interface UserView {
  id: UserId;
  status: UserState;
  roles: readonly Role[];
  emailVerified: boolean;
  phoneVerified: boolean;
  createdAt: string;
}

/** What may be shown of a user without opening anything sealed. */
export function viewUser(user: User): UserView {
  return {
    id: user.id,
    status: user.status,
    roles: user.roles,
    emailVerified: user.emailVerifiedAt !== null,
    phoneVerified: user.phoneVerifiedAt !== null,
    createdAt: user.createdAt.toISOString(),
  };
}

import type { UserState } from '@bank/domain';
import { UserStatus } from '@bank/proto/user';

const statuses = {
  active: UserStatus.ACTIVE,
  locked: UserStatus.LOCKED,
  suspended: UserStatus.SUSPENDED,
  closed: UserStatus.CLOSED,
  erased: UserStatus.ERASED,
} as const satisfies Record<UserState, UserStatus>;

const states = new Map<UserStatus, UserState>(
  Object.entries(statuses).map(([state, status]) => [status, state as UserState]),
);

/** A state of a user as it travels. */
export function toUserStatus(state: UserState): UserStatus {
  return statuses[state];
}

/** The state that a status of a message stands for; undefined for one that this version does not know. */
export function userStateOf(status: UserStatus): UserState | undefined {
  return states.get(status);
}

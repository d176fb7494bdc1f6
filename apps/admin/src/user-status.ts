import type { UserState } from '@bank/domain';
import { UserStatus } from '@bank/proto/user';

const statuses = {
  active: UserStatus.ACTIVE,
  locked: UserStatus.LOCKED,
  suspended: UserStatus.SUSPENDED,
  closed: UserStatus.CLOSED,
  erased: UserStatus.ERASED,
} as const satisfies Record<UserState, UserStatus>;

const states = new Map<number, string>(Object.entries(statuses).map(([state, status]) => [status, state]));

/** A state of ours as it travels. */
export function toUserStatus(state: UserState): UserStatus {
  return statuses[state];
}

/** The name of a status; `unknown` for one that this version does not know. */
export function userStateName(status: UserStatus): string {
  return states.get(status) ?? 'unknown';
}
